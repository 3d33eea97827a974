/* SPDX-License-Identifier: Apache-2.0 */
/* A table of metric families; each row knows when its value is known. */
#include "apply/metrics.h"

#include <errno.h>
#include <inttypes.h>

#include "report/label.h"

/* A metric family: # HELP, # TYPE and samples. Without samples nothing is printed. */
struct family {
	const char *name, *help;
	bool (*is_known)(const struct heir_metrics *metrics);
	int (*samples)(
		const struct heir_metrics *metrics, const char *family, struct heir_out *out);
};

static void sample(
	struct heir_out *out, const char *name, const char *label, const char *value, int64_t n)
{
	heir_out_addz(out, name);
	if (label)
		heir_out_printf(out, "{%s=\"%s\"}", label, value);
	heir_out_printf(out, " %" PRId64 "\n", n);
}

/* One sample per state, 1 for the current one, so that alerts do not depend on numbers. */
static int state_samples(
	struct heir_out *out, const char *name, const char *const *words, unsigned holds)
{
	for (unsigned i = 0; words[i]; i++)
		sample(out, name, "result", words[i], i == holds);
	return 0;
}

/* ---- Always known ---- */

static bool always(const struct heir_metrics *metrics)
{
	(void)metrics;
	return true;
}

static int time_sample(const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	sample(out, family, NULL, NULL, metrics->time);
	return 0;
}

static int apply_results(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	static const char *const words[] = {[HEIR_APPLY_FAILED] = "failed",
		[HEIR_APPLY_UNCHANGED] = "unchanged",
		[HEIR_APPLY_WRITTEN] = "written",
		[HEIR_APPLY_REFUSED] = "refused",
		[HEIR_APPLY_ROLLED_BACK] = "rolled_back",
		NULL};

	return state_samples(out, family, words, metrics->result);
}

static int drift_results(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	static const char *const words[] = {[HEIR_DRIFT_FAILED] = "failed",
		[HEIR_DRIFT_SAME] = "same",
		[HEIR_DRIFT_DIFFERS] = "differs",
		NULL};

	return state_samples(out, family, words, metrics->result);
}

/* ---- Handlers ---- */

static bool has_view(const struct heir_metrics *metrics)
{
	return metrics->view;
}

static bool has_handlers(const struct heir_metrics *metrics)
{
	return metrics->view && metrics->view->n_handlers > 0;
}

static int handler_counts(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	const struct heir_view *view = metrics->view;
	int64_t dropped = 0;

	for (uint32_t i = 0; i < view->n_handlers; i++)
		dropped += heir_view_result(view, view->handlers[i])->dropped != NULL;
	sample(out, family, "status", "ok", view->n_handlers - dropped);
	sample(out, family, "status", "dropped", dropped);
	return 0;
}

static int handler_sample(const struct heir_view *view, const struct heir_handler *handler,
	const char *family, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf labels = HEIR_BUF_NULL;
	const struct heir_result *result = heir_view_result(view, handler);
	struct heir_origin path = {.value.string = HEIR_STR("")};
	int r = 0;

	if (!result->dropped)
		r = heir_result_get(view->res, result, HEIR_FIELD_runtime_path, &path);
	heir_label_add(&labels, "handler", handler->name);
	heir_label_add(&labels, "status", result->dropped ? HEIR_STR("dropped") : HEIR_STR("ok"));
	heir_label_add(&labels, "runtime_path", path.value.string);
	if (r < 0 || labels.failed)
		return -ENOMEM;
	heir_out_printf(out, "%s{", family);
	heir_out_add(out, heir_buf_str(&labels));
	heir_out_addz(out, "} 1\n");
	return 0;
}

static int handler_samples(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	const struct heir_view *view = metrics->view;
	int r = 0;

	for (uint32_t i = 0; i < view->n_handlers && r == 0; i++) {
		r = handler_sample(view, view->handlers[i], family, out);
		heir_core_forget_values(view->core);
	}
	return r;
}

/* ---- The running CRI-O ---- */

static bool has_answer(const struct heir_metrics *metrics)
{
	return metrics->drift->known;
}

static int drift_samples(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	for (unsigned kind = 0; kind < HEIR_N_DRIFT_KINDS; kind++)
		sample(out, family, "drift", heir_drift_name(kind), metrics->drift->n[kind]);
	return 0;
}

static int other_default(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	sample(out, family, NULL, NULL, metrics->drift->default_differs);
	return 0;
}

static int reload_sample(
	const struct heir_metrics *metrics, const char *family, struct heir_out *out)
{
	sample(out, family, NULL, NULL, metrics->drift->reloaded);
	return 0;
}

static const struct family apply_families[] = {
	{"heir_apply_time_seconds", "End of the last heir apply, in seconds since 1970.", always,
		time_sample},
	{"heir_apply_result", "Result of the last heir apply: 1 for the current one, else 0.",
		always, apply_results},
	{"heir_apply_handlers", "Runtime handlers in the files, by status.", has_view,
		handler_counts},
	{"heir_apply_handler_info", "What each runtime handler resolves to.", has_handlers,
		handler_samples},
	{"heir_apply_drift_handlers",
		"Handlers of the running CRI-O compared with the files, after the reload of heir "
		"apply.",
		has_answer, drift_samples},
	{.name = NULL},
};

static const struct family drift_families[] = {
	{"heir_drift_time_seconds", "End of the last heir drift, in seconds since 1970.", always,
		time_sample},
	{"heir_drift_result", "Result of the last heir drift: 1 for the current one, else 0.",
		always, drift_results},
	{"heir_drift_handlers", "Handlers of the running CRI-O compared with the files.",
		has_answer, drift_samples},
	{"heir_drift_default_runtime",
		"Whether the default_runtime of the running CRI-O differs from the files.",
		has_answer, other_default},
	{"heir_drift_reloaded",
		"Whether the running CRI-O lost values in a reload; a restart restores them.",
		has_answer, reload_sample},
	{.name = NULL},
};

int heir_metrics_text(const struct heir_metrics *metrics, struct heir_out *out)
{
	const struct family *family =
		metrics->of == HEIR_METRICS_APPLY ? apply_families : drift_families;
	int r = 0;

	for (; family->name && r == 0; family++) {
		if (!family->is_known(metrics))
			continue;
		heir_out_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", family->name, family->help,
			family->name);
		r = family->samples(metrics, family->name, out);
	}
	return r;
}
