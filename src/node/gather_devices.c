/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: one instance each, in byte order of the kernel's names. A device that vanishes while it
 * is read is omitted, or lacks some attributes. */
#include "node/gather_parts.h"

#include <errno.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/macro.h"

/* ---- PCI ---- */

/* Finds the value of a line "KEY=VALUE". */
static bool uevent_value(struct heir_str uevent, const char *key, struct heir_str *ret)
{
	size_t len = strlen(key);
	struct heir_str line;

	while (heir_gather_line(&uevent, &line))
		if (line.len > len && line.p[len] == '=' && memcmp(line.p, key, len) == 0) {
			*ret = (struct heir_str){line.p + len + 1, line.len - len - 1};
			return true;
		}
	return false;
}

/* Converts at most `width` digits to lower case with leading zeros. Returns false if they are not
 * digits. */
static bool to_hex(struct heir_str text, size_t width, char *ret)
{
	if (text.len == 0 || text.len > width)
		return false;
	memset(ret, '0', width - text.len);
	ret += width - text.len;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		ret[i] = c >= 'A' && c <= 'F' ? (char)(c | 0x20) : c;
		if ((ret[i] < '0' || ret[i] > '9') && (ret[i] < 'a' || ret[i] > 'f'))
			return false;
	}
	return true;
}

/* Sets both ids of "8086:159B". */
static bool set_ids(
	struct heir_gather *g, struct heir_str ids, const char *vendor, const char *device)
{
	const char *colon = ids.len > 0 ? memchr(ids.p, ':', ids.len) : NULL;
	struct heir_str left = {ids.p, colon ? (size_t)(colon - ids.p) : 0};
	char hex[2][4];

	if (!colon || !to_hex(left, 4, hex[0]) ||
		!to_hex((struct heir_str){colon + 1, ids.len - left.len - 1}, 4, hex[1]))
		return false;
	heir_gather_setz(g, vendor, (struct heir_str){hex[0], 4});
	heir_gather_setz(g, device, (struct heir_str){hex[1], 4});
	return true;
}

bool heir_parse_pci_uevent(struct heir_gather *g, struct heir_str uevent)
{
	struct heir_str class, ids, subsystem;
	char hex[6];

	if (!uevent_value(uevent, "PCI_CLASS", &class) || !to_hex(class, 6, hex) ||
		!uevent_value(uevent, "PCI_ID", &ids) ||
		!uevent_value(uevent, "PCI_SUBSYS_ID", &subsystem))
		return false;
	/* Without the programming interface. */
	heir_gather_setz(g, "class", (struct heir_str){hex, 4});
	return set_ids(g, ids, "vendor", "device") &&
	       set_ids(g, subsystem, "subsystem_vendor", "subsystem_device");
}

/* Reads the same from individual files, for copies of /sys that lack uevent. */
static bool read_pci_files(struct heir_gather *g, int dir)
{
	static const char *const names[] = {
		"class", "vendor", "device", "subsystem_vendor", "subsystem_device"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t width = i == 0 ? 6 : 4;
		struct heir_str value;
		char hex[6];

		if (!heir_gather_value_at(g, dir, names[i], &value))
			return false;
		if (heir_str_starts(value, "0x")) {
			value.p += 2;
			value.len -= 2;
		}
		if (!to_hex(value, width, hex))
			return false;
		heir_gather_setz(g, names[i], (struct heir_str){hex, 4});
	}
	return true;
}

/* Adds what only some devices have. The latter two are reached through links. */
static void add_pci_extras(struct heir_gather *g, int dir, const char *device)
{
	static const struct {
		const char *link, *name;
	} behind[] = {
		{"iommu_group", "iommu_group/type"},
		{"iommu", "iommu/intel-iommu/version"},
	};
	struct heir_str value;
	struct stat st;

	if (heir_gather_value_at(g, dir, "sriov_totalvfs", &value))
		heir_gather_setz(g, "sriov_totalvfs", value);
	for (size_t i = 0; i < ARRAY_LEN(behind); i++) {
		const char *path;

		if (fstatat(dir, behind[i].link, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		path = heir_gather_path(g, device, "/", behind[i].name);
		if (path && heir_gather_value(g, path, &value))
			heir_gather_setz(g, behind[i].name, value);
	}
}

static void add_pci_device(struct heir_gather *g, const char *path)
{
	_cleanup_(heir_fd_close) int dir = heir_gather_open(g, path);
	struct heir_str uevent;

	if (dir < 0)
		return;
	if (!heir_gather_value_at(g, dir, "uevent", &uevent) || !heir_parse_pci_uevent(g, uevent)) {
		heir_gather_forget(g);
		if (!read_pci_files(g, dir)) {
			heir_gather_forget(g);
			return;
		}
	}
	add_pci_extras(g, dir, path);
	heir_gather_instance(g);
}

/* Calls a function with the path of each name in a directory, whose path ends with "/". */
static void for_each(struct heir_gather *g, const char *directory,
	void (*add)(struct heir_gather *g, const char *path))
{
	const char *const *names;
	size_t n;

	if (!heir_gather_list(g, directory, &names, &n))
		return;
	heir_gather_has_instances(g);
	for (size_t i = 0; i < n && g->error == 0; i++) {
		const char *path = heir_gather_path(g, directory, names[i], "");

		if (path)
			add(g, path);
	}
}

void heir_gather_pci(struct heir_gather *g)
{
	for_each(g, "/sys/bus/pci/devices/", add_pci_device);
}

/* ---- USB ---- */

struct usb_attributes {
	struct heir_str class, vendor, device, serial;
};

static void add_usb_instance(
	struct heir_gather *g, const struct usb_attributes *usb, struct heir_str class)
{
	if (class.len > 0)
		heir_gather_setz(g, "class", class);
	heir_gather_setz(g, "device", usb->device);
	if (usb->vendor.len > 0)
		heir_gather_setz(g, "vendor", usb->vendor);
	if (usb->serial.len > 0)
		heir_gather_setz(g, "serial", usb->serial);
	heir_gather_instance(g);
}

/* A device of class 00 has a class per interface: adds an instance for each class. */
static void add_usb_interfaces(
	struct heir_gather *g, const char *path, const struct usb_attributes *usb)
{
	bool seen[256] = {false};
	const char *const *names;
	size_t n;

	if (!heir_gather_list(g, path, &names, &n))
		return;
	for (size_t i = 0; i < n && g->error == 0; i++) {
		const char *interface =
			strchr(names[i], ':') ? heir_gather_path(g, path, "/", names[i]) : NULL;
		_cleanup_(heir_fd_close) int dir = interface ? heir_gather_open(g, interface) : -1;
		struct heir_str class;
		unsigned number;
		char hex[2];

		if (dir < 0 || !heir_gather_value_at(g, dir, "bInterfaceClass", &class) ||
			!to_hex(class, 2, hex))
			continue;
		number = (unsigned)((hex[0] & 0x40 ? hex[0] - 'a' + 10 : hex[0] - '0') * 16 +
				    (hex[1] & 0x40 ? hex[1] - 'a' + 10 : hex[1] - '0'));
		if (!seen[number])
			add_usb_instance(g, usb, (struct heir_str){hex, 2});
		seen[number] = true;
	}
}

/* Without idProduct it is an interface, not a device. */
static void add_usb_device(struct heir_gather *g, const char *path)
{
	_cleanup_(heir_fd_close) int dir = heir_gather_open(g, path);
	struct usb_attributes usb = {.class = HEIR_STR_NULL};

	if (dir < 0 || !heir_gather_value_at(g, dir, "idProduct", &usb.device))
		return;
	if (!heir_gather_value_at(g, dir, "idVendor", &usb.vendor))
		usb.vendor = HEIR_STR_NULL;
	if (!heir_gather_value_at(g, dir, "serial", &usb.serial))
		usb.serial = HEIR_STR_NULL;
	if (!heir_gather_value_at(g, dir, "bDeviceClass", &usb.class))
		usb.class = HEIR_STR_NULL;
	if (heir_str_eqz(usb.class, "00"))
		add_usb_interfaces(g, path, &usb);
	else
		add_usb_instance(g, &usb, usb.class);
}

void heir_gather_usb(struct heir_gather *g)
{
	for_each(g, "/sys/bus/usb/devices/", add_usb_device);
}

/* ---- Network and block devices ---- */

static void set_name(struct heir_gather *g, const char *path)
{
	heir_gather_setz(g, "name", heir_str_from(strrchr(path, '/') + 1));
}

/* Adds interfaces with a device, or those without. */
static void add_interface(struct heir_gather *g, const char *path, bool virtual)
{
	static const char *const attributes[] = {"mtu", "operstate", "speed"};
	static const char *const of_device[] = {"sriov_numvfs", "sriov_totalvfs"};
	const char *device = heir_gather_path(g, path, "/device", "");
	_cleanup_(heir_fd_close) int dir = -1, at = -1;
	struct heir_str value;

	if (!device || heir_gather_exists(g, device) == virtual)
		return;
	/* The bonding driver puts a file there, which is not an interface. */
	dir = heir_gather_open(g, path);
	if (dir < 0)
		return;
	set_name(g, path);
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (heir_gather_value_at(g, dir, attributes[i], &value))
			heir_gather_setz(g, attributes[i], value);
	if (!virtual)
		at = heir_gather_open(g, device);
	for (size_t i = 0; i < ARRAY_LEN(of_device) && at >= 0; i++)
		if (heir_gather_value_at(g, at, of_device[i], &value))
			heir_gather_setz(g, of_device[i], value);
	heir_gather_instance(g);
}

static void add_real_interface(struct heir_gather *g, const char *path)
{
	add_interface(g, path, false);
}

static void add_virtual_interface(struct heir_gather *g, const char *path)
{
	add_interface(g, path, true);
}

void heir_gather_net(struct heir_gather *g)
{
	for_each(g, "/sys/class/net/", add_real_interface);
}

void heir_gather_net_virtual(struct heir_gather *g)
{
	for_each(g, "/sys/class/net/", add_virtual_interface);
}

static void add_block_device(struct heir_gather *g, const char *path)
{
	static const char *const attributes[] = {"dax", "nr_zones", "rotational", "zoned"};
	const char *queue = heir_gather_path(g, path, "/queue", "");
	_cleanup_(heir_fd_close) int dir = queue ? heir_gather_open(g, queue) : -1;
	struct heir_str value;

	set_name(g, path);
	for (size_t i = 0; i < ARRAY_LEN(attributes) && dir >= 0; i++)
		if (heir_gather_value_at(g, dir, attributes[i], &value))
			heir_gather_setz(g, attributes[i], value);
	heir_gather_instance(g);
}

void heir_gather_block(struct heir_gather *g)
{
	for_each(g, "/sys/block/", add_block_device);
}

/* ---- Character devices ---- */

/* Devices for VMs, passthrough, user-space networks and confidential guests, by the kernel's names
 * in /sys/class/misc. */
static const struct {
	const char *name, *node;
} devices[] = {
	{"fuse", "/dev/fuse"},
	{"kvm", "/dev/kvm"},
	{"sev", "/dev/sev"},
	{"sev-guest", "/dev/sev-guest"},
	{"sgx_enclave", "/dev/sgx_enclave"},
	{"tdx_guest", "/dev/tdx_guest"},
	{"tun", "/dev/net/tun"},
	{"vfio", "/dev/vfio/vfio"},
	{"vhost-net", "/dev/vhost-net"},
	{"vhost-vsock", "/dev/vhost-vsock"},
};

static bool is_character_device(struct heir_gather *g, const char *path)
{
	struct stat st;

	g->n_opened++;
	return heir_root_stat(g->root, path, &st) == 0 && S_ISCHR(st.st_mode);
}

/* nvidia0, nvidiactl, nvidia-uvm and so on; a fixed list would be incomplete. */
static void add_nvidia(struct heir_gather *g, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n && g->error == 0; i++) {
		const char *path;

		if (strncmp(names[i], "nvidia", strlen("nvidia")) != 0)
			continue;
		path = heir_gather_path(g, "/dev/", names[i], "");
		if (path && is_character_device(g, path))
			heir_gather_flag(g, heir_str_from(names[i]));
	}
}

/* A runtime opens a node in /dev. A copy of a node rarely includes device nodes; if it has no
 * /dev, the kernel's own list is used. */
void heir_gather_character_devices(struct heir_gather *g)
{
	const char *const *names;
	size_t n;
	bool has_dev = heir_gather_list(g, "/dev", &names, &n);

	if (g->error < 0 || (!has_dev && !heir_gather_exists(g, "/sys/class/misc")))
		return;
	heir_gather_has_flags(g);
	for (size_t i = 0; i < ARRAY_LEN(devices) && g->error == 0; i++) {
		const char *path =
			has_dev ? devices[i].node
				: heir_gather_path(g, "/sys/class/misc/", devices[i].name, "");

		if (path && (has_dev ? is_character_device(g, path) : heir_gather_exists(g, path)))
			heir_gather_flag(g, heir_str_from(devices[i].name));
	}
	if (has_dev)
		add_nvidia(g, names, n);
}
