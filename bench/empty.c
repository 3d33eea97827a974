/* SPDX-License-Identifier: Apache-2.0 */
/* What any program of this linkage costs: the yardstick of bench-spawn. */
int main(void)
{
	return 0;
}
