/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeadlineSocketTest {

  /** One byte each 20 ms, for a minute: no single read waits for long. */
  private static void drip(ServerSocket server) {
    try (Socket accepted = server.accept()) {
      OutputStream out = accepted.getOutputStream();
      for (int i = 0; i < 3_000; i++) {
        out.write('x');
        Thread.sleep(20);
      }
    } catch (IOException e) {
      // the reader has left: this is what the test waits for
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @Timeout(30)
  void aPeerThatSendsAByteNowAndThenIsLeftAtTheDeadline() throws Exception {
    Thread dripping;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DeadlineSocket socket = new DeadlineSocket()) {
      dripping = Thread.ofVirtual().start(() -> drip(server));
      socket.connect(server.getLocalSocketAddress(), 5_000);
      InputStream in = socket.getInputStream();
      socket.allow(5_000, 500);
      assertThat(in.read()).isEqualTo('x');
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> {
            while (in.read() >= 0) {
              // until the deadline
            }
          });
      socket.allow(5_000, 5_000);
      assertThat(in.read()).isEqualTo('x');
    }
    dripping.join();
  }
}
