package io.podtap.tap;

import io.podtap.core.report.Counters;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.send.FailureCause;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SensorLanes;
import java.util.ArrayList;
import java.util.List;

/**
 * Where everything went. Frames are accounted for by interface ({@link InterfaceLedger}); after
 * cutting, {@code packets = sent + failed}. Written by the hot thread, which also makes the
 * snapshots that others read.
 */
public final class Ledger {

  private final List<InterfaceLedger> interfaces;
  private final Counters<SegmentEvent> segment = new Counters<>(SegmentEvent.class);
  private final Counters<FailureCause> failed = new Counters<>(FailureCause.class);
  private long packets;
  private long sentByFormerSensors;

  /** Makes an empty ledger for the interfaces, in the order of their indexes. */
  public Ledger(List<InterfaceLedger> interfaces) {
    this.interfaces = List.copyOf(interfaces);
  }

  void addPackets(int count) {
    packets += count;
  }

  /** Keeps the count of a sensor that leaves the set. */
  void retire(SensorLanes sensor) {
    sentByFormerSensors += sent(sensor);
  }

  private static long sent(SensorLanes sensor) {
    long sent = 0;
    for (int i = 0; i < sensor.count(); i++) {
      sent += sensor.lane(i).packetsSent();
    }
    return sent;
  }

  public List<InterfaceLedger> interfaces() {
    return interfaces;
  }

  /** Returns what the segment stage did, in frames. */
  public Counters<SegmentEvent> segment() {
    return segment;
  }

  /** Returns packets that were not sent, by cause. */
  public Counters<FailureCause> failed() {
    return failed;
  }

  /**
   * One sensor's part.
   *
   * @param address the sensor, as given
   * @param datagramBytesMax what its path takes now
   * @param asynchronousErrors answers that a datagram did not arrive
   * @param lanes source ports and what left through them
   */
  public record SensorSnapshot(
      String address, int datagramBytesMax, long asynchronousErrors, List<LaneSnapshot> lanes) {}

  /**
   * One lane's part.
   *
   * @param sourcePort of the tunnel's datagrams
   * @param sent packets, reports left out
   */
  public record LaneSnapshot(int sourcePort, long sent) {}

  /**
   * One interface's part; see {@link InterfaceLedger}.
   *
   * @param failed frames by cause, as name and count
   */
  public record InterfaceSnapshot(
      String name,
      long seen,
      long droppedByKernel,
      long filtered,
      long delivered,
      long mirrored,
      List<Count> failed) {}

  /**
   * A named count.
   *
   * @param name in lower case
   */
  public record Count(String name, long count) {}

  /**
   * The whole ledger at one moment.
   *
   * @param packets made after cutting
   * @param calls batches handed to the kernel
   * @param balanced whether everything is accounted for: always at the end, otherwise up to what
   *     stands in the ring
   */
  public record Snapshot(
      List<InterfaceSnapshot> interfaces,
      List<Count> segment,
      long packets,
      long sent,
      List<Count> failed,
      long calls,
      List<SensorSnapshot> sensors,
      boolean balanced) {

    /** Returns the sum of one counter over all interfaces. */
    public long sum(java.util.function.ToLongFunction<InterfaceSnapshot> counter) {
      return interfaces.stream().mapToLong(counter).sum();
    }

    /** Returns the sum of all packets and frames that failed. */
    public long failures() {
      long frames = sum(one -> one.failed().stream().mapToLong(Count::count).sum());
      return frames + failed.stream().mapToLong(Count::count).sum();
    }
  }

  /** Makes a snapshot; between batches, on the hot thread. */
  Snapshot snapshot(List<SensorLanes> sensors, long calls) {
    long sent = sentByFormerSensors;
    List<SensorSnapshot> sensorSnapshots = new ArrayList<>();
    for (SensorLanes sensor : sensors) {
      sent += sent(sensor);
      sensorSnapshots.add(snapshot(sensor));
    }
    boolean balanced = packets == sent + failed.total();
    List<InterfaceSnapshot> interfaceSnapshots = new ArrayList<>();
    for (InterfaceLedger one : interfaces) {
      balanced &= one.isBalanced();
      interfaceSnapshots.add(
          new InterfaceSnapshot(
              one.name(),
              one.seen(),
              one.droppedByKernel(),
              one.filtered(),
              one.delivered(),
              one.mirrored(),
              counts(one.failed())));
    }
    return new Snapshot(
        interfaceSnapshots,
        counts(segment),
        packets,
        sent,
        counts(failed),
        calls,
        sensorSnapshots,
        balanced);
  }

  private static SensorSnapshot snapshot(SensorLanes sensor) {
    List<LaneSnapshot> lanes = new ArrayList<>();
    long errors = 0;
    for (int i = 0; i < sensor.count(); i++) {
      Lane lane = sensor.lane(i);
      errors += lane.asynchronousErrors();
      lanes.add(new LaneSnapshot(lane.sourcePort(), lane.packetsSent()));
    }
    return new SensorSnapshot(
        sensor.sensor().toString(), sensor.datagramBytesMax(), errors, List.copyOf(lanes));
  }

  private static <E extends Enum<E>> List<Count> counts(Counters<E> counters) {
    List<Count> counts = new ArrayList<>();
    counters
        .toMap()
        .forEach((name, count) ->
            counts.add(new Count(name.name().toLowerCase(java.util.Locale.ROOT), count)));
    return counts;
  }
}
