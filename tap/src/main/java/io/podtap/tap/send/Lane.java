package io.podtap.tap.send;

import io.podtap.core.linux.Errno;
import io.podtap.core.report.Counters;
import io.podtap.tap.link.FailureCause;
import java.lang.foreign.MemorySegment;

/** One source port of one sensor, with what it has sent. One thread. */
public final class Lane {

  private final SensorLanes sensor;
  private final DatagramOutput output;
  private final int id;
  private long packetsSent;
  private long reportsSent;
  private long asynchronousErrors;

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
      Counters<FailureCause> failures,
      Refitter refitter) {
    int sent = attempt(buffer, offset, length, datagramBytes);
    packetsSent += sent;
    if (sent == count) {
      return;
    }
    if (isTooLong(output.failure())) {
      int done = sent * datagramBytes;
      sendFitting(buffer, offset + done, length - done, datagramBytes, failures, refitter);
    } else {
      failures.add(FailureCause.of(output.failure()), count - sent);
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
      Counters<FailureCause> failures,
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
  public void sendPiece(
      MemorySegment buffer, long offset, int length, Counters<FailureCause> failures) {
    if (attempt(buffer, offset, length, length) == 1) {
      packetsSent++;
    } else {
      failures.add(FailureCause.of(output.failure()));
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

  /** Returns packets sent, reports left out. */
  public long packetsSent() {
    return packetsSent;
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
