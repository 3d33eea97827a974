/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "cli/cli.h"

void hold_signals(void)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	/* Of who reads what is said, and goes. */
	sigaddset(&ending, SIGPIPE);
	sigprocmask(SIG_BLOCK, &ending, NULL);
}
