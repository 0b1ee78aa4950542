package io.podtap.tap;

import io.podtap.core.report.Counters;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.shed.ShedCause;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.shed.Shedder;
import io.podtap.tap.stream.SensorStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where everything went. Frames are accounted for by interface ({@link InterfaceLedger}); after
 * cutting, {@code packets = sent + waiting + failed}, in packets and in bytes. Written by the hot
 * thread, which also makes the snapshots that others read.
 */
public final class Ledger {

  private final List<InterfaceLedger> interfaces;
  private final Counters<SegmentEvent> segment = new Counters<>(SegmentEvent.class);
  private final FailureCounters failed = new FailureCounters();
  private final Counters<ShedCause> shed = new Counters<>(ShedCause.class);
  private @Nullable Shedder shedder;
  private final int encapsulationBytes;
  private long packets;
  private long packetBytes;
  private final List<SensorLink> formerSensors = new ArrayList<>();
  private long sentByFormerSensors;
  private long bytesOfFormerSensors;
  private long callsOfFormerSensors;

  /**
   * Makes an empty ledger.
   *
   * @param interfaces in the order of their indexes
   * @param encapsulationBytes of each packet that links count and a sensor does not
   */
  public Ledger(List<InterfaceLedger> interfaces, int encapsulationBytes) {
    this.interfaces = List.copyOf(interfaces);
    this.encapsulationBytes = encapsulationBytes;
  }

  /**
   * Makes the one shedder that counts here; what a former one has counted and knows of flows stays.
   *
   * @return null when nothing is to be left out
   */
  @Nullable Shedder shedder(ShedSettings settings) {
    Shedder former = shedder;
    if (former == null && settings.isOff()) {
      return null;
    }
    shedder = former == null ? new Shedder(settings, shed) : former.with(settings);
    return settings.isOff() ? null : shedder;
  }

  void addPackets(int count, long bytes) {
    packets += count;
    packetBytes += bytes;
  }

  /** Keeps the counts of a sensor that leaves the set, the present ones and those to come. */
  void retire(SensorLink sensor) {
    formerSensors.add(sensor);
  }

  /** Counts what a sensor's link, which is settled, still had to send. */
  void giveUp(SensorLink settled) {
    settled.giveUp(failed);
  }

  /** Closes the books of sensors that have left. */
  private void settle() {
    for (SensorLink former : formerSensors) {
      if (former.isSettled()) {
        sentByFormerSensors += former.packetsSent();
        bytesOfFormerSensors += former.bytesSent();
        callsOfFormerSensors += former.calls();
        giveUp(former);
      }
    }
    formerSensors.removeIf(SensorLink::isSettled);
  }

  public List<InterfaceLedger> interfaces() {
    return interfaces;
  }

  /** Returns what the segment stage did, in frames. */
  public Counters<SegmentEvent> segment() {
    return segment;
  }

  /** Returns packets that were not sent, by cause. */
  public FailureCounters failed() {
    return failed;
  }

  /**
   * One sensor's part.
   *
   * @param address the sensor, as given
   * @param datagramBytesMax what its path takes now
   * @param asynchronousErrors answers that a datagram did not arrive
   * @param lanes source ports and what left through them; none of a stream
   * @param linkBytes of the packets sent, see {@link SensorLink#bytesSent}
   * @param tunnel what a stream does not have
   * @param stream what a tunnel does not have
   */
  public record SensorSnapshot(
      String address,
      int datagramBytesMax,
      long asynchronousErrors,
      List<LaneSnapshot> lanes,
      long linkBytes,
      Optional<TunnelSnapshot> tunnel,
      Optional<StreamSnapshot> stream) {

    /** Returns packets sent to this sensor. */
    public long sent() {
      return stream.isPresent()
          ? stream.get().sent()
          : lanes.stream().mapToLong(LaneSnapshot::sent).sum();
    }
  }

  /**
   * One tunnel's part, besides its lanes.
   *
   * @param joined whether datagrams leave many in one buffer now
   * @param answering whether the sensor has answered within the last seconds that it reads a socket
   * @param confirmed what it said that it has received
   * @param receipts datagrams that came back, by what became of them
   */
  public record TunnelSnapshot(
      boolean joined, boolean answering, SensorLanes.Confirmed confirmed, List<Count> receipts) {}

  /**
   * One stream's part.
   *
   * @param connected whether packets can leave now
   * @param connections how many there have been
   * @param sent packets that the kernel has taken over as a whole
   * @param waiting packets in the queue
   * @param waitingBytes of those packets
   * @param bytes of TLS records, handshakes left out
   * @param problem why there is no connection, or an empty text
   */
  public record StreamSnapshot(
      boolean connected,
      long connections,
      long sent,
      long waiting,
      long waitingBytes,
      long bytes,
      String problem) {}

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
   * @param bytes of the frames, and what they became
   */
  public record InterfaceSnapshot(
      String name,
      long seen,
      long droppedByKernel,
      long filtered,
      long delivered,
      long mirrored,
      long shed,
      List<Count> failed,
      InterfaceBytes bytes) {}

  /**
   * One interface's part in bytes, and its packets after cutting; see {@link InterfaceLedger}.
   *
   * @param packets that the mirrored frames were cut into
   * @param packetBytes of these, as a sensor gets them
   */
  public record InterfaceBytes(
      long delivered, long mirrored, long shed, long failed, long packets, long packetBytes) {}

  /**
   * A named count.
   *
   * @param name in lower case
   */
  public record Count(String name, long count) {}

  /** Bytes of packets as a sensor gets them: {@code made = sent + waiting + failed}. */
  public record PacketBytes(long made, long sent, long waiting, long failed) {}

  /**
   * The whole ledger at one moment.
   *
   * @param shed frames that were cut to headers or left out by policy, by cause
   * @param shedBytes of these frames that were left out
   * @param packets made after cutting
   * @param waiting packets in the queues of streams; none at the end
   * @param bytes of the packets, and what became of them
   * @param calls batches handed to the kernel
   * @param balanced whether everything is accounted for: always at the end, otherwise up to what
   *     stands in the ring
   */
  public record Snapshot(
      List<InterfaceSnapshot> interfaces,
      List<Count> segment,
      List<Count> shed,
      long shedBytes,
      long packets,
      long sent,
      long waiting,
      List<Count> failed,
      PacketBytes bytes,
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

  /** Returns the ledger of a tap that has not begun. */
  static Snapshot empty() {
    return new Ledger(List.of(), 0).snapshot(List.of(), 0);
  }

  /** Makes a snapshot; between batches, on the hot thread. */
  Snapshot snapshot(List<SensorLink> sensors, long calls) {
    settle();
    long sent = sentByFormerSensors;
    long linkBytes = bytesOfFormerSensors;
    long waiting = 0;
    long waitingBytes = 0;
    long allCalls = calls + callsOfFormerSensors;
    List<SensorLink> all = new ArrayList<>(formerSensors);
    all.addAll(sensors);
    List<SensorSnapshot> sensorSnapshots = new ArrayList<>();
    for (SensorLink sensor : all) {
      SensorSnapshot one = snapshot(sensor);
      sent += one.sent();
      linkBytes += one.linkBytes();
      waiting += one.stream().map(StreamSnapshot::waiting).orElse(0L);
      waitingBytes += one.stream().map(StreamSnapshot::waitingBytes).orElse(0L);
      allCalls += sensor.calls();
      sensorSnapshots.add(one);
    }
    long failedPackets = failed.packets().total();
    PacketBytes bytes =
        new PacketBytes(
            packetBytes,
            linkBytes - sent * encapsulationBytes,
            waitingBytes,
            failed.bytes() - failedPackets * encapsulationBytes);
    boolean balanced =
        packets == sent + waiting + failedPackets
            && bytes.made == bytes.sent + bytes.waiting + bytes.failed;
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
              one.shed(),
              counts(one.failed()),
              new InterfaceBytes(
                  one.deliveredBytes(),
                  one.mirroredBytes(),
                  one.shedBytes(),
                  one.failedBytes(),
                  one.packets(),
                  one.packetBytes())));
    }
    return new Snapshot(
        interfaceSnapshots,
        counts(segment),
        counts(shed),
        shedder == null ? 0 : shedder.bytesShed(),
        packets,
        sent,
        waiting,
        counts(failed.packets()),
        bytes,
        allCalls,
        sensorSnapshots,
        balanced);
  }

  private static SensorSnapshot snapshot(SensorLink link) {
    if (link instanceof SensorLanes lanes) {
      return snapshot(lanes);
    }
    if (link instanceof SensorStream stream) {
      return snapshot(stream);
    }
    throw new IllegalStateException("no ledger of " + link.getClass());
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
        sensor.sensor().toString(),
        sensor.datagramBytesMax(),
        errors,
        List.copyOf(lanes),
        sensor.bytesSent(),
        Optional.of(
            new TunnelSnapshot(
                sensor.isJoined(),
                sensor.isAnswering(),
                sensor.confirmed(),
                counts(sensor.receipts()))),
        Optional.empty());
  }

  private static SensorSnapshot snapshot(SensorStream stream) {
    long sentBytes = stream.bytesSent();
    long sent = stream.packetsSent();
    return new SensorSnapshot(
        stream.sensor().toString(),
        0,
        0,
        List.of(),
        sentBytes,
        Optional.empty(),
        Optional.of(
            new StreamSnapshot(
                stream.isConnected(),
                stream.connections(),
                sent,
                stream.packetsAccepted() - sent,
                stream.bytesAccepted() - sentBytes,
                stream.recordBytesSent(),
                stream.problem())));
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
