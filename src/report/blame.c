/* SPDX-License-Identifier: Apache-2.0 */
#include "report/blame.h"

#include <errno.h>

#include "report/json.h"

/* No key of crio.conf lies deeper. */
enum { MAX_PARTS = 8 };

/* The nodes from below the root down to `node`; 0: too many. */
static unsigned path_of(
	const struct heir_toml_doc *doc, heir_toml_node node, heir_toml_node ret[MAX_PARTS])
{
	heir_toml_node up[MAX_PARTS];
	unsigned n = 0;

	for (heir_toml_node i = node; i && i != HEIR_TOML_ROOT; i = heir_toml_parent(doc, i)) {
		/* An item of an array is no part of a key. */
		if (heir_toml_type(doc, heir_toml_parent(doc, i)) != HEIR_TOML_TABLE)
			continue;
		if (n == MAX_PARTS)
			return 0;
		up[n++] = i;
	}
	for (unsigned i = 0; i < n; i++)
		ret[i] = up[n - 1 - i];
	return n;
}

void heir_blame_key(struct heir_buf *buf, const struct heir_toml_doc *doc, heir_toml_node node)
{
	heir_toml_node path[MAX_PARTS];
	unsigned n = path_of(doc, node, path);

	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			heir_buf_addc(buf, '.');
		heir_view_key(buf, heir_toml_key(doc, path[i]));
	}
}

struct heir_str heir_blame_handler(const struct heir_toml_doc *doc, heir_toml_node node)
{
	static const struct heir_str above[] = {
		HEIR_STR("crio"), HEIR_STR("runtime"), HEIR_STR("runtimes")};
	enum { N_ABOVE = sizeof(above) / sizeof(above[0]) };
	heir_toml_node path[MAX_PARTS];
	unsigned n = path_of(doc, node, path);

	if (n <= N_ABOVE)
		return HEIR_STR_NULL;
	for (unsigned i = 0; i < N_ABOVE; i++)
		if (!heir_str_eqfold(heir_toml_key(doc, path[i]), above[i]))
			return HEIR_STR_NULL;
	return heir_toml_key(doc, path[N_ABOVE]);
}

static int print_file(struct heir_blame_printer *p, uint32_t source, bool first)
{
	struct heir_blame_file file;
	int r = heir_blame_lines(p->request->blame, source, &file);

	if (r == 0 && p->out->style.format == HEIR_FORMAT_JSON)
		r = heir_blame_json(p, &file, first);
	else if (r == 0) {
		heir_out_addz(p->out, first ? "" : "\n");
		r = heir_blame_text(p, &file);
		if (r == 0 && p->request->depends)
			heir_blame_depends_text(p, &file);
	}
	heir_blame_file_release(&file);
	return r;
}

int heir_blame_print(const struct heir_blame_request *request, struct heir_out *out)
{
	struct heir_blame_printer p = {request, request->view, out, HEIR_BUF_NULL};
	const struct heir_config *config = request->blame->config;
	bool is_json = out->style.format == HEIR_FORMAT_JSON, first = true;
	int r = 0;

	if (is_json)
		heir_out_addz(out, "{\"schema\": \"heir.blame/1\",\n \"files\": [");
	for (uint32_t s = 0; s < config->n_docs && r == 0; s++) {
		if (!request->blame->verdicts[s] ||
			(request->source != HEIR_SOURCE_NONE && s != request->source))
			continue;
		r = print_file(&p, s, first);
		first = false;
	}
	if (is_json) {
		heir_out_addz(out, "]");
		if (request->depends) {
			heir_out_addz(out, ",\n \"depends\": ");
			heir_json_print(out, heir_blame_depends_json(&p));
		}
		heir_out_addz(out, "}\n");
	}
	heir_buf_release(&p.cell);
	return r < 0 ? r : out->error == -ENOMEM ? -ENOMEM : 0;
}
