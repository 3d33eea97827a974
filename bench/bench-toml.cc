/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader beside toml++ and toml11: same texts, same process, rounds interleaved so that a
 * slow moment of the machine hits all of them. Medians; freeing the document is part of a parse.
 * `bench-toml [ROUNDS]`, 9 if not said. */
#if HAVE_TOML11
/* Both libraries live in namespace toml. */
#define toml toml11
#include <toml.hpp>
#undef toml
#endif

#if HAVE_TOMLPLUSPLUS
#include <toml++/toml.h>
#endif

extern "C" {
#include "toml/toml.h"
}

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using parser = bool (*)(const std::string &);

bool parse_heir(const std::string &text)
{
	heir_toml_options options = {HEIR_TOML_CRIO, HEIR_TOML_1_1, false};
	heir_toml_doc *doc;

	if (heir_toml_parse({text.data(), text.size()}, &options, &doc) < 0)
		return false;
	bool fine = heir_toml_n_faults(doc) == 0;
	heir_toml_free(doc);
	return fine;
}

#if HAVE_TOMLPLUSPLUS
bool parse_tomlplusplus(const std::string &text)
{
	try {
		return !toml::parse(std::string_view(text)).empty();
	} catch (const toml::parse_error &) {
		return false;
	}
}
#endif

#if HAVE_TOML11
bool parse_toml11(const std::string &text)
{
	std::istringstream stream(text);

	try {
		return toml11::parse(stream, "bench").is_table();
	} catch (const std::exception &) {
		return false;
	}
}
#endif

/* The allocator first gives back what the parser before has left: sorting its scraps would be
 * counted against the next one, four times the parse itself. */
double milliseconds(parser parse, const std::string &text, unsigned repeat, bool *fine)
{
	malloc_trim(0);
	auto start = std::chrono::steady_clock::now();

	for (unsigned i = 0; i < repeat; i++)
		*fine = parse(text) && *fine;
	std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
	return took.count() / repeat;
}

double median(std::vector<double> values)
{
	std::sort(values.begin(), values.end());
	return values[values.size() / 2];
}

struct rival {
	const char *name;
	parser parse;
	unsigned slower;   /* about, than heir: so many repetitions less */
	std::size_t limit; /* texts up to this size: larger ones take minutes */
};

const std::vector<rival> rivals = {
	{"heir", parse_heir, 1, SIZE_MAX},
#if HAVE_TOMLPLUSPLUS
	{"toml++", parse_tomlplusplus, 10, 64u << 20},
#endif
#if HAVE_TOML11
	/* Quadratic in the entries of one table or array. */
	{"toml11", parse_toml11, 100, 64u << 10},
#endif
};

/* Like `crio config --default`: each option under many lines of comment, most commented out. */
std::string default_config()
{
	static const char *const tables[] = {"crio", "crio.api", "crio.runtime", "crio.image",
		"crio.network", "crio.metrics", "crio.tracing", "crio.nri", "crio.stats"};
	static const char *const lines[] = {
		"# Path to the directory in which state is kept between one run and the next.",
		"# It is made when it is not there; what lies in it is removed at every boot.",
		"# The value takes part in a reload, so the daemon need not be started again.",
		"# If it is empty, the default of the platform is used, which may differ.",
	};
	std::string text = "# The daemon reads this file first, then what lies in crio.conf.d.\n\n";
	unsigned n = 0;

	while (text.size() < 40000) {
		std::string number = std::to_string(n);

		if (n % 16 == 0)
			text += std::string("[") + tables[n / 16 % 9] +
				(n < 9 * 16 ? "]\n\n" : ".x" + number + "]\n\n");
		for (unsigned i = 0; i < 2 + n % 5; i++)
			text += std::string(lines[(n + i) % 4]) + "\n";
		text += n % 8 == 0 ? "enable_" + number + " = true\n\n"
			: n % 8 == 3
				? "# annotations_" + number +
					  " = [\n#\t\"a.io\",\n#\t\"b.io\",\n# ]\n\n"
				: "# option_" + number + " = \"/var/lib/containers/storage\"\n\n";
		n++;
	}
	return text;
}

std::string handlers(unsigned n)
{
	std::string text;
	char table[512];

	text.reserve(n * 320ul);
	for (unsigned i = 0; i < n; i++) {
		snprintf(table, sizeof(table),
			"[crio.runtime.runtimes.h%05u]\n"
			"runtime_path = \"/usr/libexec/crio/crun-%05u\"\n"
			"runtime_type = \"oci\"\n"
			"runtime_root = \"/run/crun-%05u\"\n"
			"monitor_path = \"/usr/libexec/crio/conmon\"\n"
			"allowed_annotations = [\"io.containers.trace-syscall\", "
			"\"devices.crio.io\"]\n"
			"privileged_without_host_devices = false\n\n",
			i, i, i);
		text += table;
	}
	return text;
}

std::string wide(const char *before, const char *item, const char *after, unsigned n)
{
	std::string text = before;
	char piece[64];

	for (unsigned i = 0; i < n; i++) {
		int size = snprintf(piece, sizeof(piece), item, i, i);

		text.append(piece, (std::size_t)size);
	}
	return text + after;
}

std::string repeat(const std::string &what, unsigned n)
{
	std::string text;

	for (unsigned i = 0; i < n; i++)
		text += what;
	return text;
}

void compare(const char *what, const std::string &text, unsigned rounds)
{
	unsigned times = (unsigned)std::max(1.0, 1e7 / (double)text.size());
	std::vector<std::vector<double>> took(rivals.size()), ratio(rivals.size());
	std::vector<char> fine(rivals.size(), 1);

	for (unsigned round = 0; round < rounds; round++) {
		for (std::size_t i = 0; i < rivals.size(); i++) {
			bool good = true;

			if (text.size() > rivals[i].limit)
				continue;
			took[i].push_back(milliseconds(rivals[i].parse, text,
				std::max(1u, times / rivals[i].slower), &good));
			ratio[i].push_back(took[i].back() / took[0].back());
			fine[i] = fine[i] && good;
		}
	}
	for (std::size_t i = 0; i < rivals.size(); i++) {
		if (took[i].empty())
			continue;
		double ms = median(took[i]);

		printf("%-28s %9zu B  %-7s %10.3f ms %8.1f MB/s %7.1fx%s\n", i ? "" : what,
			text.size(), rivals[i].name, ms, (double)text.size() / ms / 1000,
			median(ratio[i]), fine[i] ? "" : "  refused");
	}
}

void growth(unsigned rounds)
{
	double before = 0;

	printf("\ngrowth: handlers in one table\n");
	for (unsigned n : {1000u, 10000u, 100000u, 1000000u}) {
		std::string text = handlers(n);
		std::vector<double> took;
		bool fine = true;

		for (unsigned round = 0; round < (n > 100000 ? 3 : rounds); round++)
			took.push_back(
				milliseconds(parse_heir, text, n < 100000 ? 100000 / n : 1, &fine));
		double ms = median(took);

		printf("%8u %10zu B %10.3f ms %8.1f MB/s", n, text.size(), ms,
			(double)text.size() / ms / 1000);
		printf(before > 0 ? "  %5.1fx of the line before%s\n" : "\n", ms / before,
			fine ? "" : "  refused");
		before = ms;
	}
}

long status_kb(const char *field)
{
	std::ifstream status("/proc/self/status");
	std::string line;

	while (std::getline(status, line)) {
		if (line.compare(0, strlen(field), field) == 0)
			return std::atol(line.c_str() + strlen(field) + 1);
	}
	return 0;
}

/* In a child, and before all else, so that nothing freed before is used again. */
void memory(const char *what, const std::string &text)
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		std::ofstream("/proc/self/clear_refs") << "5";
		long before = status_kb("VmRSS:");

		parse_heir(text);
		long added = status_kb("VmHWM:") - before;

		printf("%-28s %10zu B  peak added %8ld KB  %5.2fx of the text\n", what, text.size(),
			added, (double)added * 1024 / (double)text.size());
		fflush(stdout);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

} /* namespace */

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)std::atoi(argv[1]) : 9;
	const unsigned many = 100000;

	printf("memory beside the text\n");
	memory("default config", default_config());
	memory("10,000 handlers", handlers(10000));
	memory("100,000 handlers", handlers(100000));
	memory("1,000,000 handlers", handlers(1000000));
	memory("100,000 items", wide("a = [", "%u, ", "]\n", many));

	printf("\n%-28s %11s  %-7s %13s %13s %8s\n", "text", "", "parser", "median", "", "of heir");
	compare("default config", default_config(), rounds);
	compare("10,000 handlers", handlers(10000), rounds);
	compare("100,000 handlers", handlers(100000), std::max(3u, rounds / 3));
	compare("100,000 keys", wide("", "key%u = %u\n", "", many), rounds);
	compare("100,000 dotted keys", wide("", "a.b.key%u = %u\n", "", many), rounds);
	compare("100,000 items", wide("a = [", "%u, ", "]\n", many), rounds);
	compare("100,000 inline entries", wide("a = {x = 0", ", k%u = %u", "}\n", many), rounds);
	compare("100,000 [[elements]]", wide("", "[[a]]\nk = %u\n", "", many), rounds);
	growth(rounds);

	printf("\n100,000 deep (each is refused at the limit)\n");
	for (const auto &deep : {std::make_pair("arrays", "a = " + repeat("[", many)),
		     std::make_pair("inline tables", "a = " + repeat("{a=", many)),
		     std::make_pair("dotted key", repeat("a.", many) + "a = 1"),
		     std::make_pair("header", "[" + repeat("a.", many) + "a]")}) {
		bool fine = true;
		double ms = milliseconds(parse_heir, deep.second, 100, &fine);

		printf("%-28s %10zu B %10.3f ms%s\n", deep.first, deep.second.size(), ms,
			fine ? "  accepted" : "");
	}
	return 0;
}
