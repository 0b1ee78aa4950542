/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.linux.Errno;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.link.FailureCounters;
import java.lang.foreign.MemorySegment;

/** One source port of one sensor, with what it has sent. One thread. */
public final class Lane {

  private final SensorLanes sensor;
  private final DatagramOutput output;
  private final int id;
  private long packetsSent;
  private long bytesSent;
  private long reportsSent;
  private long asynchronousErrors;
  private boolean announced;

  private final LaneReceipts receipts = new LaneReceipts();

  Lane(SensorLanes sensor, DatagramOutput output, int id) {
    this.sensor = sensor;
    this.output = output;
    this.id = id;
  }

  /** Returns a number that no other lane of this tap has. */
  int id() {
    return id;
  }

  /**
   * Sends a batch of packets; counts what was sent and what was not. When the path has shrunk, what
   * the kernel refused is made to fit by {@code refitter} and sent in its place.
   */
  void send(
      MemorySegment buffer,
      long offset,
      int length,
      int datagramBytes,
      int count,
      FailureCounters failures,
      Refitter refitter) {
    int sent = attempt(buffer, offset, length, datagramBytes);
    int done = Math.min(sent * datagramBytes, length); // the last one may be shorter
    packetsSent += sent;
    bytesSent += done;
    if (sent == count) {
      return;
    }
    if (isTooLong(output.failure())) {
      sendFitting(buffer, offset + done, length - done, datagramBytes, failures, refitter);
    } else {
      int unsent = count - sent;
      failures.add(FailureCause.of(output.failure()), unsent, length - done);
    }
  }

  private static boolean isTooLong(int errno) {
    return errno == Errno.EMSGSIZE || errno == Errno.EINVAL;
  }

  /** Sends datagrams one by one, those that have become too long in pieces. */
  private void sendFitting(
      MemorySegment buffer,
      long offset,
      int length,
      int datagramBytes,
      FailureCounters failures,
      Refitter refitter) {
    for (int at = 0; at < length; at += datagramBytes) {
      int bytes = Math.min(datagramBytes, length - at);
      boolean fits = bytes <= sensor.datagramBytesMax();
      if (fits || refitter.refit(this, buffer, offset + at, bytes) == 0) {
        sendPiece(buffer, offset + at, bytes, failures);
      }
    }
  }

  /** Sends one packet; counts whether it was sent. */
  public void sendPiece(MemorySegment buffer, long offset, int length, FailureCounters failures) {
    if (attempt(buffer, offset, length, length) == 1) {
      packetsSent++;
      bytesSent += length;
    } else {
      failures.add(FailureCause.of(output.failure()), 1, length);
    }
  }

  /** Returns bytes of a datagram that fit the path as far as is known. */
  public int datagramBytesMax() {
    return sensor.datagramBytesMax();
  }

  /**
   * Sends, twice when the first answer belongs to an earlier datagram: an ICMP error that arrived
   * since is told on the next call, which then sends nothing. Learns from such an answer how much
   * the path takes.
   */
  private int attempt(MemorySegment buffer, long offset, int length, int datagramBytes) {
    int sent = output.send(buffer, offset, length, datagramBytes);
    int errno = output.failure();
    boolean again = errno == Errno.ECONNREFUSED || errno == Errno.EHOSTUNREACH;
    if (errno == Errno.ECONNREFUSED) {
      sensor.onClosed();
    }
    if (isTooLong(errno)) {
      sensor.shrinkTo(output.pathMtu());
      again = datagramBytes <= sensor.datagramBytesMax();
    }
    if (sent == 0 && again) {
      asynchronousErrors++;
      sent = output.send(buffer, offset, length, datagramBytes);
    }
    return sent;
  }

  /** Sends one datagram that is not a packet of the mirror; not counted among those. */
  public boolean sendReport(MemorySegment buffer, long offset, int length) {
    int sent = attempt(buffer, offset, length, length);
    reportsSent += sent;
    return sent == 1;
  }

  /** Sends a probe whose answer has to carry {@code nonce}; not counted as a packet or report. */
  public void sendProbe(MemorySegment buffer, long offset, int length, long nonce, long nowNs) {
    receipts.onProbe(nonce, nowNs, packetsSent, sensor.closings());
    attempt(buffer, offset, length, length);
  }

  /** Returns whether a report has told the sensor of this lane. */
  public boolean isAnnounced() {
    return announced;
  }

  /** Notes that a report has. */
  public void announced() {
    announced = true;
  }

  /** Returns whether a probe would confirm packets that no receipt has spoken of. */
  boolean hasUnconfirmed() {
    return packetsSent != receipts.sent();
  }

  LaneReceipts receipts() {
    return receipts;
  }

  int receive(Inbox inbox) {
    return output.receive(inbox);
  }

  void join(boolean joined) {
    output.join(joined);
  }

  /** Returns packets sent, reports left out. */
  public long packetsSent() {
    return packetsSent;
  }

  /** Returns bytes of those packets' datagrams, with what encapsulates the packets. */
  public long bytesSent() {
    return bytesSent;
  }

  /** Returns reports sent. */
  public long reportsSent() {
    return reportsSent;
  }

  /** Returns how often the sensor's host or the network answered that a datagram did not arrive. */
  public long asynchronousErrors() {
    return asynchronousErrors;
  }

  /** Returns the source port. */
  public int sourcePort() {
    return output.sourcePort();
  }

  int pathMtu() {
    return output.pathMtu();
  }

  int headerBytes() {
    return output.headerBytes();
  }

  void close() {
    output.close();
  }
}
