/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.testing.Allocation;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UdpSocketTest {

  private static final int SEGMENT = 1_000;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment bytes = arena.allocate(65_536);

  private UdpSocket listen(String host) {
    UdpSocket socket = UdpSocket.open(host.indexOf(':') >= 0);
    return socket.bind(Endpoint.parse(host, 0));
  }

  private UdpSocket connect(String host, UdpSocket receiver) {
    UdpSocket socket = UdpSocket.open(host.indexOf(':') >= 0);
    return socket.connect(Endpoint.parse(host, receiver.localPort())).dontFragment();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void sendsOneBufferAsDatagramsOfOneSize(String host) {
    try (UdpSocket receiver = listen(host);
        UdpSocket sender = connect(host, receiver);
        ReceiveBatch batch = new ReceiveBatch(8, 2_048)) {
      receiver.receiveTimestamps().receiveOverflowCount();
      for (int i = 0; i < 2_500; i++) {
        bytes.set(ValueLayout.JAVA_BYTE, 100 + i, (byte) (i / SEGMENT + 1));
      }
      assertThat(sender.supportsSegmentation()).isTrue();
      assertThat(sender.sendSegmented(bytes, 100, 2_500, SEGMENT)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        assertThat(batch.length(i)).isEqualTo(i == 2 ? 500 : SEGMENT);
        assertThat(batch.segmentBytes(i)).isZero();
        assertThat(batch.sourcePort(i)).isEqualTo(sender.localPort());
        assertThat(batch.isTruncated(i)).isFalse();
        assertThat(batch.overflowCount(i)).isZero();
        assertThat(batch.timestampNs(i) / 1_000_000_000L)
            .isBetween(
                System.currentTimeMillis() / 1_000 - 60, System.currentTimeMillis() / 1_000 + 60);
        assertThat(batch.segment().get(ValueLayout.JAVA_BYTE, batch.offset(i)))
            .isEqualTo((byte) (i + 1));
        assertThat(batch.sourceLow(i)).isEqualTo(host.equals("::1") ? 1 : 0xFFFF_7F00_0001L);
        assertThat(batch.sourceHigh(i)).isZero();
      }
      assertThat(batch.receive(receiver)).isZero();
      assertThat(batch.lastErrno()).isZero();
    }
  }

  @Test
  void receivesSegmentedSendAsOneBatch() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = connect("127.0.0.1", receiver);
        ReceiveBatch batch = new ReceiveBatch()) {
      assertThat(receiver.receiveOffload(true)).isTrue();
      assertThat(sender.sendSegmented(bytes, 0, 10_300, SEGMENT)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(1);
      assertThat(batch.length(0)).isEqualTo(10_300);
      assertThat(batch.segmentBytes(0)).isEqualTo(SEGMENT);
    }
  }

  @Test
  void countsWhatTheReceiveBufferLost() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = connect("127.0.0.1", receiver);
        ReceiveBatch batch = new ReceiveBatch(64, 2_048)) {
      receiver.receiveOverflowCount();
      assertThat(receiver.receiveBufferBytes(4_096)).isBetween(2_000, 16_384);
      for (int i = 0; i < 100; i++) {
        assertThat(sender.sendSegmented(bytes, 0, 1_000, 1_000)).isZero();
      }
      int received = batch.receive(receiver);
      assertThat(received).isBetween(1, 60);
      assertThat(sender.sendSegmented(bytes, 0, 1_000, 1_000)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(1);
      assertThat(batch.overflowCount(0)).isEqualTo(100 - received);
    }
  }

  @Test
  void tellsWhenSlotIsTooSmall() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = connect("127.0.0.1", receiver);
        ReceiveBatch batch = new ReceiveBatch(2, 100)) {
      assertThat(sender.sendSegmented(bytes, 0, 101, 101)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(1);
      assertThat(batch.isTruncated(0)).isTrue();
      assertThat(batch.length(0)).isEqualTo(100);
      assertThat(sender.sendSegmented(bytes, 0, 100, 100)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(1);
      assertThat(batch.isTruncated(0)).isFalse();
    }
  }

  @Test
  void ipv6SocketReachesIpv4Address() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = UdpSocket.open(true);
        ReceiveBatch batch = new ReceiveBatch(2, 100)) {
      sender.connect(Endpoint.parse("127.0.0.1", receiver.localPort())).dontFragment();
      assertThat(sender.pathMtu()).isEqualTo(65_535);
      assertThat(sender.sendSegmented(bytes, 0, 60, 20)).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(2);
      assertThat(batch.receive(receiver)).isEqualTo(1);
    }
  }

  @Test
  void returnsErrnoOfRefusedDatagramOnce() {
    UdpSocket gone = listen("127.0.0.1");
    try (UdpSocket sender = connect("127.0.0.1", gone)) {
      gone.close();
      assertThat(sender.sendSegmented(bytes, 0, 10, 10)).isZero();
      assertThat(sender.sendSegmented(bytes, 0, 10, 10)).isEqualTo(Errno.ECONNREFUSED);
      assertThat(sender.pendingError()).isZero();
    }
  }

  @Test
  void batchSendsManyUpToWhatDoesNotFit() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = connect("127.0.0.1", receiver);
        SendBatch send = new SendBatch(4);
        ReceiveBatch batch = new ReceiveBatch(8, 2_048)) {
      send.add(bytes, 0, 10);
      send.add(bytes, 0, 20);
      send.add(bytes, 0, 65_536); // longer than a datagram can be
      send.add(bytes, 0, 30);
      assertThat(send.isFull()).isTrue();
      assertThat(send.send(sender)).isEqualTo(2);
      assertThat(send.firstErrno()).isEqualTo(Errno.EMSGSIZE);
      assertThat(send.count()).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(2);
      assertThat(batch.length(1)).isEqualTo(20);
    }
  }

  @Test
  void batchLeavesWholeThoughNobodyListens() {
    UdpSocket gone = listen("127.0.0.1");
    try (UdpSocket sender = connect("127.0.0.1", gone);
        SendBatch send = new SendBatch(20)) {
      gone.close();
      for (int i = 0; i < 20; i++) {
        send.add(bytes, 0, 100); // each is answered at once; who captures the path sees them all
      }
      assertThat(send.send(sender)).isEqualTo(20);
      assertThat(send.firstErrno()).isZero();
    }
  }

  @Test
  void namesAddressThatCannotBeBound() {
    try (UdpSocket first = listen("127.0.0.1");
        UdpSocket second = UdpSocket.open(false)) {
      assertThatThrownBy(() -> second.bind(Endpoint.parse("127.0.0.1", first.localPort())))
          .isInstanceOf(LinuxException.class)
          .hasMessage(
              "bind(127.0.0.1:" + first.localPort() + "): address already in use (EADDRINUSE, 98)");
    }
  }

  @Test
  void severalSocketsShareOnePort() {
    try (UdpSocket first = UdpSocket.open(false).reusePort();
        UdpSocket second = UdpSocket.open(false).reusePort()) {
      first.bind(Endpoint.parse("127.0.0.1", 0));
      second.bind(Endpoint.parse("127.0.0.1", first.localPort()));
      assertThat(second.localPort()).isEqualTo(first.localPort());
    }
  }

  @Test
  void sendingAndReceivingAllocateNothingOnceCompiled() {
    try (UdpSocket receiver = listen("127.0.0.1");
        UdpSocket sender = connect("127.0.0.1", receiver);
        ReceiveBatch batch = new ReceiveBatch(8, 2_048)) {
      receiver.receiveTimestamps();
      long[] sum = {0};
      long allocated = Allocation.ofWarm(1_000, () -> sum[0] += exchange(sender, receiver, batch));
      assertThat(sum[0]).isNotZero();
      assertThat(allocated).isZero();
    }
  }

  private long exchange(UdpSocket sender, UdpSocket receiver, ReceiveBatch batch) {
    long sum = sender.sendSegmented(bytes, 0, 300, 100);
    int count = batch.receive(receiver);
    for (int i = 0; i < count; i++) {
      sum += batch.length(i) + batch.sourceLow(i) + batch.timestampNs(i);
    }
    return sum;
  }

  @Test
  void closesEveryDescriptor() {
    exerciseDescriptors();
    int before = descriptors();
    for (int i = 0; i < 50; i++) {
      exerciseDescriptors();
    }
    assertThat(descriptors()).isLessThan(before + 10);
  }

  private void exerciseDescriptors() {
    UdpSocket socket = listen("127.0.0.1");
    socket.close();
    socket.close();
  }

  private static int descriptors() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }
}
