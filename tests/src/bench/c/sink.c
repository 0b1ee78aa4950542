// Receives UDP and counts: sink PORT [vxlan [receipts]]
//
// Each line on its input is answered with "DATAGRAMS BYTES FIRST_NS" (totals since the last reset; FIRST_NS is the
// CLOCK_REALTIME of the first one, 0 when none came); the line "reset" sets them to zero first. Ends with its input.
// With "vxlan", frames with EtherType 0x88B5 inside (a tap's report about itself) are left out; with "receipts" those of
// them that ask whether a socket is read are answered, without counts, as a sensor does (TunnelProbe, TunnelReceipt).
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

enum { BATCH = 32, SIZE = 65536, INNER_ETHER_TYPE = 8 + 12, INNER_PAYLOAD = INNER_ETHER_TYPE + 2 };
enum { PROBE = 56, RECEIPT = 48, LENGTH_AT = 10, NONCE_AT = 16, NONCE = 8, RECEIVER_AT = 24 };

static atomic_long datagrams, bytes, first;
static int is_vxlan, has_receipts;
static int64_t receiver_number;

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

// Answers a probe: the tunnel's and the frame's headers are the probe's.
static void answer(int fd, const uint8_t *probe, unsigned length, const struct sockaddr_in *from) {
  static const char magic[] = "podtap-q";
  if (length < INNER_PAYLOAD + PROBE || memcmp(probe + INNER_PAYLOAD, magic, 8)) return;
  uint8_t reply[INNER_PAYLOAD + RECEIPT] = {0}, *receipt = reply + INNER_PAYLOAD;
  memcpy(reply, probe, INNER_PAYLOAD);
  memcpy(receipt, "podtap-r\1\1", 10);  // version, flags: datagrams may leave joined
  receipt[LENGTH_AT + 1] = RECEIPT;
  memcpy(receipt + NONCE_AT, probe + INNER_PAYLOAD + NONCE_AT, NONCE);
  memcpy(receipt + RECEIVER_AT, &receiver_number, sizeof receiver_number);
  sendto(fd, reply, sizeof reply, 0, (const struct sockaddr *)from, sizeof *from);
}

static void *receive(void *argument) {
  int fd = *(int *)argument;
  static uint8_t data[BATCH][SIZE];
  static struct sockaddr_in senders[BATCH];
  static char controls[BATCH][CMSG_SPACE(sizeof(int))];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){data[i], SIZE};
      messages[i].msg_hdr =
          (struct msghdr){.msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1,
                          .msg_control = controls[i], .msg_controllen = sizeof controls[i]};
    }
    int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    long now_datagrams = 0, now_bytes = 0;
    for (int i = 0; i < count; i++) {
      unsigned length = messages[i].msg_len, size = datagram_size(&messages[i].msg_hdr, length);
      for (unsigned at = 0; at < length; at += size) {
        unsigned here = length - at < size ? length - at : size;
        uint8_t *type = data[i] + at + INNER_ETHER_TYPE;
        if (is_vxlan && here >= INNER_PAYLOAD && type[0] == 0x88 && type[1] == 0xb5) {
          if (has_receipts) answer(fd, data[i] + at, here, &senders[i]);
          continue;
        }
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
    fprintf(stderr, "usage: sink PORT [vxlan [receipts]]\n");
    return 2;
  }
  is_vxlan = count > 2;
  has_receipts = count > 3;
  receiver_number = now_ns();
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
