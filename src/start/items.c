/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single items of lists. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "start/judge.h"

/* Splits `text` at `sep`. Returns false if it has none. */
static bool cut_at(struct heir_str text, char sep, struct heir_str *before, struct heir_str *after)
{
	const char *at = text.len ? memchr(text.p, sep, text.len) : NULL;

	*before = text;
	*after = HEIR_STR("");
	if (!at)
		return false;
	before->len = (size_t)(at - text.p);
	*after = (struct heir_str){at + 1, text.len - before->len - 1};
	return true;
}

/* Mirrors ParseUlimit of go-units. */
void heir_judge_ulimit(struct heir_judge *judge, const struct heir_given *given)
{
	static const char names[] = "core,cpu,data,fsize,locks,memlock,msgqueue,nice,nofile,nproc,"
				    "rss,rtprio,rttime,sigpending,stack";
	struct heir_str name, limits, soft_text, hard_text, rest;
	int64_t soft = 0, hard = 0;
	bool ok = cut_at(given->text, '=', &name, &limits) && heir_word_is_in(name, names, false);
	bool both = cut_at(limits, ':', &soft_text, &hard_text);

	ok = ok && !cut_at(hard_text, ':', &rest, &rest) && heir_go_integer(soft_text, &soft) &&
	     (!both || heir_go_integer(hard_text, &hard));
	if (ok && both && hard != -1 && (soft == -1 || soft > hard)) {
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: the soft limit of \"%.*s\" is above the hard limit",
			HEIR_STR_ARG(given->key), HEIR_STR_ARG(given->text));
		return;
	}
	if (!ok)
		heir_judge_refuse(judge, given, "ulimit", "\"nofile=1024:2048\"");
}

/* r, w and m, each at most once. */
static bool is_mode(struct heir_str text)
{
	unsigned seen = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned bit = text.p[i] == 'r'   ? 1
			       : text.p[i] == 'w' ? 2
			       : text.p[i] == 'm' ? 4
						  : 0;

		if (bit == 0 || seen & bit)
			return false;
		seen |= bit;
	}
	return text.len > 0;
}

/* If a copy of a node has no /dev, these names are assumed to be devices. */
static const char known_devices[] =
	"/dev/null,/dev/zero,/dev/full,/dev/random,/dev/urandom,/dev/tty,/dev/console,/dev/ptmx,"
	"/dev/fuse,/dev/kvm,/dev/kmsg,/dev/net/tun,/dev/vhost-net,/dev/vhost-vsock,/dev/vfio/vfio,"
	"/dev/loop-control,/dev/infiniband/rdma_cm,/dev/hugepages,/dev/cpu_dma_latency";

static bool is_device(struct heir_judge *judge, struct heir_str path)
{
	char *z = heir_arena_strndup(&judge->core->arena, path.p, path.len);
	struct stat st;

	if (!z) {
		judge->error = -ENOMEM;
		return true;
	}
	if (heir_root_is_assumed(judge->root))
		return true;
	if (strlen(z) == path.len && heir_root_lstat(judge->root, z, &st) == 0)
		return S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISFIFO(st.st_mode);
	return judge->root->fd >= 0 && heir_root_find(judge->root, "/dev") == -ENOENT &&
	       heir_word_is_in(path, known_devices, false);
}

/* Mirrors devicesFromStrings of internal/config/device. */
void heir_judge_device(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_str source, rest, second, third, target;
	bool ok = true;

	if (given->text.len == 0)
		return;
	if (!cut_at(given->text, ':', &source, &rest)) {
		second = third = HEIR_STR("");
	} else if (cut_at(rest, ':', &second, &third)) {
		ok = is_mode(third);
	}
	if (source.len < given->text.len)
		ok = ok && (is_mode(second) || second.len == 0 || second.p[0] == '/');
	target = second.len == 0 || is_mode(second) ? source : second;
	ok = ok && heir_str_starts(target, "/dev/");
	if (!ok)
		heir_judge_refuse(judge, given, "device", "\"/dev/fuse:/dev/fuse:rwm\"");
	else if (!is_device(judge, source))
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: %.*s is not a device of the node", HEIR_STR_ARG(given->key),
			HEIR_STR_ARG(source));
}

static bool is_item_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool has_outer_blanks(struct heir_str text)
{
	return text.len > 0 && (is_item_space(text.p[0]) || is_item_space(text.p[text.len - 1]));
}

/* Mirrors RuntimeConfig.Sysctls. */
void heir_judge_sysctl(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_str name, value;

	if (given->text.len == 0)
		return;
	if (!cut_at(given->text, '=', &name, &value) || has_outer_blanks(name) ||
		has_outer_blanks(value))
		heir_judge_refuse(
			judge, given, "sysctl", "\"NAME=VALUE\" without blanks around either");
}

void heir_judge_capability(struct heir_judge *judge, const struct heir_given *given)
{
	static const char names[] =
		"CHOWN,DAC_OVERRIDE,DAC_READ_SEARCH,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,"
		"LINUX_IMMUTABLE,NET_BIND_SERVICE,NET_BROADCAST,NET_ADMIN,NET_RAW,IPC_LOCK,"
		"IPC_OWNER,SYS_MODULE,SYS_RAWIO,SYS_CHROOT,SYS_PTRACE,SYS_PACCT,SYS_ADMIN,SYS_BOOT,"
		"SYS_NICE,SYS_RESOURCE,SYS_TIME,SYS_TTY_CONFIG,MKNOD,LEASE,AUDIT_WRITE,"
		"AUDIT_CONTROL,SETFCAP,MAC_OVERRIDE,MAC_ADMIN,SYSLOG,WAKE_ALARM,BLOCK_SUSPEND,"
		"AUDIT_READ,PERFMON,BPF,CHECKPOINT_RESTORE";

	if (!heir_word_is_in(given->text, names, true))
		heir_judge_refuse(judge, given, "capability", "\"NET_ADMIN\", without CAP_");
}

/* tls.CipherSuites() and tls.InsecureCipherSuites() of Go. TLS 1.3 has no choice. */
void heir_judge_cipher(struct heir_judge *judge, const struct heir_given *given)
{
	static const char names[] =
		"TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256,"
		"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,"
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,"
		"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,"
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_RSA_WITH_RC4_128_SHA,"
		"TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA,"
		"TLS_RSA_WITH_AES_256_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA256,"
		"TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_GCM_SHA384,"
		"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_RC4_128_SHA,"
		"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,"
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,"
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305";
	struct heir_given version = heir_judge_other(judge, HEIR_KEYS_API, "tls_min_version");

	if (!heir_str_eqz(version.text, "VersionTLS13") &&
		!heir_word_is_in(given->text, names, false))
		heir_judge_refuse(judge, given, "cipher suite of Go",
			"\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"");
}

/* "all" must be the only item. */
void heir_judge_metrics(struct heir_judge *judge, const struct heir_given *given)
{
	if (!heir_word_is_in(given->text, given->row->argument, false)) {
		struct heir_diag *diag = heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: \"%.*s\" is not a valid group of metrics", HEIR_STR_ARG(given->key),
			HEIR_STR_ARG(given->text));

		heir_judge_help(judge, diag, "write some of: %s", given->row->argument);
	} else if (given->n > 1 && heir_str_eqz(given->text, "all")) {
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: \"all\" must be the only item", HEIR_STR_ARG(given->key));
	}
}

/* Option names without the driver's prefix. */
static const char overlay_options[] =
	"override_kernel_check,mountopt,size,inodes,imagestore,additionalimagestore,"
	"additionallayerstore,use_composefs,mount_program,skip_mount_home,ignore_chown_errors,"
	"force_mask";
static const char vfs_options[] = "imagestore,ignore_chown_errors";

static struct heir_str without_prefix(struct heir_str text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text.len >= len && heir_ascii_eqfold(text.p, prefix, len))
		text = (struct heir_str){text.p + len, text.len - len};
	return text;
}

/* Options of the configured driver are known; for other drivers only the form is checked. */
void heir_judge_storage_option(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given driver = heir_judge_other(judge, HEIR_KEYS_CRIO, "storage_driver");
	bool overlay = heir_word_is_in(driver.text, "overlay,overlay2", false);
	bool vfs = heir_str_eqz(driver.text, "vfs");
	struct heir_str name, value;

	if (!cut_at(given->text, '=', &name, &value)) {
		heir_judge_refuse(judge, given, "storage option", "\"overlay.mountopt=nodev\"");
		return;
	}
	while (name.len > 0 && is_item_space(name.p[0]))
		name = (struct heir_str){name.p + 1, name.len - 1};
	while (name.len > 0 && is_item_space(name.p[name.len - 1]))
		name.len--;
	if (overlay)
		name = without_prefix(without_prefix(name, "overlay."), "overlay2.");
	if (vfs)
		name = without_prefix(name, "vfs");
	if (overlay || vfs)
		name = without_prefix(name, ".");
	if ((overlay && !heir_word_is_in(name, overlay_options, true)) ||
		(vfs && !heir_word_is_in(name, vfs_options, true)))
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: the storage driver %.*s has no option \"%.*s\"",
			HEIR_STR_ARG(given->key), HEIR_STR_ARG(driver.text), HEIR_STR_ARG(name));
}
