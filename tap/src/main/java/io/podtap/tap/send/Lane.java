package io.podtap.tap.send;

import io.podtap.core.linux.Errno;
import io.podtap.core.report.Counters;
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

  /** Sends a batch of packets; counts what was sent and what was not. */
  void send(
      MemorySegment buffer,
      long offset,
      int length,
      int datagramBytes,
      int count,
      Counters<FailureCause> failures) {
    int sent = attempt(buffer, offset, length, datagramBytes);
    packetsSent += sent;
    if (sent < count) {
      int errno = output.failure();
      failures.add(FailureCause.of(errno), count - sent);
      if (errno == Errno.EMSGSIZE || errno == Errno.EINVAL) {
        sensor.adaptTo(output.pathMtu());
      }
    }
  }

  /**
   * Sends, twice when the first answer belongs to an earlier datagram: an ICMP error that arrived
   * since is told on the next call, which then sends nothing.
   */
  private int attempt(MemorySegment buffer, long offset, int length, int datagramBytes) {
    int sent = output.send(buffer, offset, length, datagramBytes);
    int errno = output.failure();
    if (sent == 0 && (errno == Errno.ECONNREFUSED || errno == Errno.EHOSTUNREACH)) {
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
