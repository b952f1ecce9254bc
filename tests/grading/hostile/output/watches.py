"""Takes all watches, timers and queues of events that the kernel gives to one user.

question: self_attention.sizes
copies: 2
expect: wrong|raised 0
"""
import ctypes
import select


def cost_of_heads(*given):
    kernel = ctypes.CDLL(None, use_errno=True)
    made = 0
    for _ in range(500):
        made += kernel.inotify_init1(0) >= 0
        made += kernel.timerfd_create(1, 0) >= 0
        try:
            made += select.epoll().fileno() >= 0
        except OSError:
            pass
    timer = ctypes.c_void_p()
    for _ in range(1000):
        if kernel.timer_create(1, None, ctypes.byref(timer)) < 0:
            break
    return made
