/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#define sigset_t uint64_t
typedef struct {
	int si_pid, si_code, si_status;
} siginfo_t;
struct sigaction {
	void (*sa_handler)(int);
	int sa_flags;
	sigset_t sa_mask;
};
#define CLD_EXITED 1
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_RESTART 0x10000000
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGKILL 9
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGTSTP 20
#define SIGWINCH 28

#define signal(number, handler) ((void)(handler), SIG_DFL)
#define sigaction(number, new, old) 0
#define sigemptyset(set) (*(set) = 0, 0)
#define sigfillset(set) (*(set) = ~(sigset_t)0, 0)
#define sigaddset(set, number) (*(set) |= (sigset_t)1 << (number), 0)
#define sigdelset(set, number) (*(set) &= ~((sigset_t)1 << (number)), 0)
#define sigismember(set, number) ((int)(*(set) >> (number)&1))
#define sigpending(set) (*(set) = 0, 0)
#define sigprocmask(how, set, old) 0
#define pthread_sigmask(how, set, old) 0
#define sigtimedwait(set, info, time) vfs_fails()
#define sigwait(set, ret) vfs_fails()
#define kill(pid, number) vfs_fails()
#define raise(number) vfs_fails()
#define killpg(pid, number) vfs_fails()
