/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One end of a connection on loopback; the JDK has the other. */
final class TcpSocketTest {

  private static final int WAIT_MS = 10_000;

  private static ServerSocket listen(String address) throws IOException {
    return new ServerSocket(0, 1, InetAddress.ofLiteral(address));
  }

  private static Endpoint endpoint(ServerSocket server) {
    return new Endpoint(server.getInetAddress(), server.getLocalPort());
  }

  private static void awaitRoom(TcpSocket socket) {
    try (Poller poller = new Poller(1)) {
      int index = poller.add(socket.fd());
      poller.wantWritable(index, true);
      assertThat(poller.poll(WAIT_MS)).isEqualTo(1);
      assertThat(poller.isWritable(index)).isTrue();
    }
  }

  private static void awaitBytes(TcpSocket socket) {
    try (Poller poller = new Poller(1)) {
      int index = poller.add(socket.fd());
      assertThat(poller.poll(WAIT_MS)).isEqualTo(1);
      assertThat(poller.isReadable(index)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void carriesBytesBothWaysAndTheEnd(String address) throws Exception {
    try (ServerSocket server = listen(address);
        TcpSocket socket = new TcpSocket(endpoint(server)).noDelay().keepAlive(10, 5, 3);
        Arena arena = Arena.ofConfined()) {
      socket.connect();
      awaitRoom(socket);
      socket.requireConnected();
      try (Socket peer = server.accept()) {
        MemorySegment target = arena.allocate(100);
        assertThat(socket.receive(target)).isEqualTo(-Errno.EAGAIN);
        byte[] bytes = "there and more".getBytes(StandardCharsets.US_ASCII);
        assertThat(socket.send(bytes, 5)).isEqualTo(5);
        assertThat(socket.shutdownOutput()).isZero();
        assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("there");
        peer.getOutputStream().write('b');
        awaitBytes(socket);
        assertThat(socket.receive(target)).isEqualTo(1);
        assertThat(target.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 'b');
      }
      awaitBytes(socket);
      assertThat(socket.receive(arena.allocate(1))).isZero();
    }
  }

  @Test
  void takesWhatThereIsRoomForAndNoMore() throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(3).nextBytes(bytes);
    try (ServerSocket server = listen("127.0.0.1");
        TcpSocket socket = new TcpSocket(endpoint(server))) {
      socket.connect();
      awaitRoom(socket);
      try (Socket peer = server.accept()) {
        long sent = 0;
        int last = 0;
        for (int i = 0; i < 100 && last != -Errno.EAGAIN; i++) {
          last = socket.send(bytes, bytes.length);
          sent += Math.max(last, 0);
        }
        assertThat(last).isEqualTo(-Errno.EAGAIN);
        assertThat(peer.getInputStream().readNBytes((int) sent)).hasSize((int) sent);
        awaitRoom(socket);
      }
    }
  }

  @Test
  void saysWhoIsNotThere() throws Exception {
    Endpoint nobody;
    try (ServerSocket server = listen("127.0.0.1")) {
      nobody = endpoint(server);
    }
    try (TcpSocket socket = new TcpSocket(nobody)) {
      socket.connect();
      awaitRoom(socket);
      assertThatThrownBy(socket::requireConnected)
          .isInstanceOf(LinuxException.class)
          .hasMessage("connect(" + nobody + "): connection refused (ECONNREFUSED, 111)");
    }
  }

  @Test
  void aBrokenConnectionIsAnErrorAndNoSignal() throws Exception {
    try (ServerSocket server = listen("127.0.0.1");
        TcpSocket socket = new TcpSocket(endpoint(server))) {
      socket.connect();
      awaitRoom(socket);
      Socket peer = server.accept();
      peer.setSoLinger(true, 0); // the end is a reset
      peer.close();
      awaitBytes(socket);
      assertThat(socket.send(new byte[1], 1)).isIn(-Errno.ECONNRESET, -Errno.EPIPE);
      assertThat(socket.send(new byte[1], 1)).isEqualTo(-Errno.EPIPE);
      assertThat(socket.shutdownOutput()).isEqualTo(-Errno.ENOTCONN);
    }
  }

  @Test
  void signalsWakeAPollerUntilTheyAreCleared() throws Exception {
    try (Wakeup wakeup = new Wakeup();
        Poller poller = new Poller(1)) {
      int index = poller.add(wakeup.fd());
      assertThat(poller.poll(0)).isZero();
      Thread other = Thread.ofPlatform().start(() -> signalTwice(wakeup));
      assertThat(poller.poll(WAIT_MS)).isEqualTo(1);
      other.join();
      assertThat(poller.isReadable(index)).isTrue();
      wakeup.clear();
      assertThat(poller.poll(0)).isZero();
      wakeup.clear(); // nothing to clear: does not wait
    }
  }

  private static void signalTwice(Wakeup wakeup) {
    wakeup.signal();
    wakeup.signal();
  }
}
