/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a cluster for Prometheus: the text format 0.0.4, as apply/metrics.h has it. */
#include <errno.h>
#include <inttypes.h>

#include "report/fleet.h"
#include "report/label.h"

static void begin(struct heir_out *out, const char *name, const char *help)
{
	heir_out_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void print_result(const struct heir_fleet *fleet, bool differs, struct heir_out *out)
{
	const char *name = "heir_fleet_result";

	begin(out, name, "Result of the last heir fleet: 1 for the current one, else 0.");
	heir_out_printf(out, "%s{result=\"failed\"} %d\n", name, !fleet);
	heir_out_printf(out, "%s{result=\"same\"} %d\n", name, fleet && !differs);
	heir_out_printf(out, "%s{result=\"differs\"} %d\n", name, fleet && differs);
}

static int print_labelled(
	struct heir_out *out, const char *name, struct heir_buf *labels, uint32_t n)
{
	if (labels->failed)
		return -ENOMEM;
	heir_out_printf(out, "%s{", name);
	heir_out_add(out, heir_buf_str(labels));
	heir_out_printf(out, "} %u\n", n);
	heir_buf_clear(labels);
	return 0;
}

static struct heir_str pool_label(const struct heir_fleet *fleet, uint32_t pool)
{
	return fleet->pools[pool].name ? heir_str_from(fleet->pools[pool].name) : HEIR_STR("");
}

static int print_nodes(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf labels = HEIR_BUF_NULL;
	const char *name = "heir_fleet_nodes";
	int r = 0;

	begin(out, name, "Nodes of the cluster, by pool.");
	for (uint32_t i = 0; i < fleet->n_pools && r == 0; i++) {
		heir_label_add(&labels, "pool", pool_label(fleet, i));
		r = print_labelled(out, name, &labels, fleet->pools[i].n_nodes);
	}
	name = "heir_fleet_differing_nodes";
	begin(out, name, "Nodes that differ from their configuration, by kind.");
	for (unsigned kind = 0; kind < HEIR_FLEET_N_KINDS; kind++)
		heir_out_printf(out, "%s{kind=\"%s\"} %u\n", name,
			heir_fleet_kind_name((enum heir_fleet_kind)kind), fleet->n_kinds[kind]);
	name = "heir_fleet_unknown_nodes";
	begin(out, name, "Nodes whose handlers cannot be determined.");
	heir_out_printf(out, "%s %u\n", name, fleet->n_nodes - fleet->n_unknown[HEIR_FLEET_KNOWN]);
	return r;
}

/* Of each class and pool the nodes that have its handler, or all that it selects. */
static int print_counts(
	const struct heir_fleet *fleet, const char *name, bool have, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf labels = HEIR_BUF_NULL;
	int r = 0;

	for (uint32_t i = 0; i < fleet->n_classes; i++)
		for (uint32_t pool = 0; pool < fleet->n_pools && r == 0; pool++) {
			const struct heir_fleet_class *class = &fleet->classes[i];

			if (class->counts[pool].of == 0)
				continue;
			heir_label_add(&labels, "runtime_class", heir_str_from(class->class.name));
			heir_label_add(&labels, "handler", class->class.handler);
			heir_label_add(&labels, "pool", pool_label(fleet, pool));
			r = print_labelled(out, name, &labels,
				have ? class->counts[pool].have : class->counts[pool].of);
		}
	return r;
}

static int print_classes(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf labels = HEIR_BUF_NULL;
	const char *name = "heir_fleet_class_nodes";
	int r;

	if (fleet->n_classes == 0)
		return 0;
	begin(out, name, "Nodes that a RuntimeClass selects, by pool.");
	r = print_counts(fleet, name, false, out);
	name = "heir_fleet_class_ready_nodes";
	begin(out, name, "Selected nodes that report the handler of the RuntimeClass.");
	if (r == 0)
		r = print_counts(fleet, name, true, out);
	name = "heir_fleet_class_pending_pods";
	begin(out, name, "Pods of the RuntimeClass in the phase Pending.");
	for (uint32_t i = 0; i < fleet->n_classes && r == 0; i++) {
		heir_label_add(
			&labels, "runtime_class", heir_str_from(fleet->classes[i].class.name));
		r = print_labelled(out, name, &labels, fleet->classes[i].n_waiting);
	}
	return r;
}

int heir_fleet_metrics(
	const struct heir_fleet *fleet, bool differs, int64_t time, struct heir_out *out)
{
	int r = 0;

	begin(out, "heir_fleet_time_seconds", "End of the last heir fleet, in seconds since 1970.");
	heir_out_printf(out, "heir_fleet_time_seconds %" PRId64 "\n", time);
	print_result(fleet, differs, out);
	if (fleet)
		r = print_nodes(fleet, out);
	if (fleet && r == 0)
		r = print_classes(fleet, out);
	return r;
}
