// Receives UDP and counts: sink PORT [vxlan]
//
// Each line on its input is answered with "DATAGRAMS BYTES FIRST_NS" (totals since the last reset; FIRST_NS is the
// CLOCK_REALTIME of the first one, 0 when none came); the line "reset" sets them to zero first. Ends with its input.
// With "vxlan", frames with EtherType 0x88B5 inside (a tap's report about itself) are left out.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 32, SIZE = 65536, INNER_ETHER_TYPE = 8 + 12 };

static atomic_long datagrams, bytes, first;
static int is_vxlan;

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Returns the size of each datagram in a message that the kernel joined, or its whole length.
static unsigned datagram_size(struct msghdr *message, unsigned length) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control))
    if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
      int size;
      memcpy(&size, CMSG_DATA(control), sizeof size);
      return size;
    }
  return length;
}

static void *receive(void *argument) {
  int fd = *(int *)argument;
  static uint8_t data[BATCH][SIZE];
  static char controls[BATCH][CMSG_SPACE(sizeof(int))];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){data[i], SIZE};
      messages[i].msg_hdr =
          (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = controls[i], .msg_controllen = sizeof controls[i]};
    }
    int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    long now_datagrams = 0, now_bytes = 0;
    for (int i = 0; i < count; i++) {
      unsigned length = messages[i].msg_len, size = datagram_size(&messages[i].msg_hdr, length);
      for (unsigned at = 0; at < length; at += size) {
        unsigned here = length - at < size ? length - at : size;
        uint8_t *type = data[i] + at + INNER_ETHER_TYPE;
        if (is_vxlan && here >= INNER_ETHER_TYPE + 2 && type[0] == 0x88 && type[1] == 0xb5) continue;
        now_datagrams++;
        now_bytes += here;
      }
    }
    if (now_datagrams) {
      long none = 0;
      if (!atomic_load(&first)) atomic_compare_exchange_strong(&first, &none, now_ns());
      atomic_fetch_add(&datagrams, now_datagrams);
      atomic_fetch_add(&bytes, now_bytes);
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: sink PORT [vxlan]\n");
    return 2;
  }
  is_vxlan = count > 2;
  int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1, buffer = 64 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) {
    perror("sink: bind");
    return 1;
  }
  pthread_t receiver;
  pthread_create(&receiver, NULL, receive, &fd);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    if (!strncmp(line, "reset", 5)) {
      atomic_store(&datagrams, 0);
      atomic_store(&bytes, 0);
      atomic_store(&first, 0);
    }
    printf("%ld %ld %ld\n", (long)atomic_load(&datagrams), (long)atomic_load(&bytes), (long)atomic_load(&first));
    fflush(stdout);
  }
  return 0;
}
