/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Poller;
import io.podtap.core.linux.ReceiveBatch;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.Nonces;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TunnelProbe;
import io.podtap.core.report.TunnelReceipt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;

/** Asks a sensor once whether it reads a socket, as a tap does all the time. Any thread; waits. */
public final class SensorQuestion {

  /** What came of it. */
  public enum Answer {
    /** It reads a socket. */
    RECEIPT,
    /** Nothing: it reads its interface, refuses unknown senders, or nobody is there. */
    NOTHING,
    /** Its host says that nobody listens at the port. */
    CLOSED
  }

  private static final int ATTEMPTS = 4;
  private static final int WAIT_MS = 250;
  private static final int VNI = 0;

  private SensorQuestion() {}

  /** Asks in VXLAN; waits for a second at most. */
  public static Answer ask(Endpoint sensor) {
    try (Arena arena = Arena.ofConfined();
        UdpSocket socket = UdpSocket.open(sensor.address() instanceof Inet6Address);
        ReceiveBatch batch = new ReceiveBatch(8, 256);
        Poller poller = new Poller(1)) {
      socket.connect(sensor);
      poller.add(socket.fd());
      int header = Vxlan.HEADER_LENGTH + ReportFrame.VXLAN_HEADER_LENGTH;
      int length = header + TunnelProbe.LENGTH;
      MemorySegment probe = arena.allocate(length, 8);
      long nonce = new Nonces().next();
      Vxlan.put(probe, 0, VNI);
      ReportFrame.put(probe, Vxlan.HEADER_LENGTH, /* geneve= */ false, 0, TunnelProbe.LENGTH);
      TunnelProbe.put(probe, header, nonce);
      ReceiptParser parser = new ReceiptParser(/* geneve= */ false, VNI);
      for (int i = 0; i < ATTEMPTS; i++) {
        int errno = socket.sendSegmented(probe, 0, length, length);
        poller.poll(WAIT_MS);
        if (isAnswered(socket, batch, parser, nonce)) {
          return Answer.RECEIPT;
        }
        if (errno == Errno.ECONNREFUSED || batch.lastErrno() == Errno.ECONNREFUSED) {
          return Answer.CLOSED;
        }
      }
      return Answer.NOTHING;
    } catch (LinuxException e) {
      return Answer.NOTHING; // no route
    }
  }

  private static boolean isAnswered(
      UdpSocket socket, ReceiveBatch batch, ReceiptParser parser, long nonce) {
    int count = batch.receive(socket);
    for (int i = 0; i < count; i++) {
      ReceiptFate fate = parser.parse(batch.segment(), batch.offset(i), batch.length(i));
      if (fate == ReceiptFate.ACCEPTED
          && TunnelReceipt.nonce(batch.segment(), parser.offset()) == nonce) {
        return true;
      }
    }
    return false;
  }
}
