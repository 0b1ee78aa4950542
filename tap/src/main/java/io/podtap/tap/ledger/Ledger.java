/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.Reading;
import io.podtap.core.report.Counters;
import io.podtap.core.report.TapReport;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.shed.ShedCause;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.shed.Shedder;
import io.podtap.tap.stream.SensorStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where everything went. Frames are accounted for by interface ({@link InterfaceLedger}); after
 * cutting, as {@link TapMetrics#PACKETS} declares. Written by the hot thread, which also makes the
 * snapshots that others read.
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
  public @Nullable Shedder shedder(ShedSettings settings) {
    Shedder former = shedder;
    if (former == null && settings.isOff()) {
      return null;
    }
    shedder = former == null ? new Shedder(settings, shed) : former.with(settings);
    return settings.isOff() ? null : shedder;
  }

  /** Counts packets made of a frame, and their bytes. */
  public void addPackets(int count, long bytes) {
    packets += count;
    packetBytes += bytes;
  }

  /** Keeps the counts of a sensor that leaves the set, the present ones and those to come. */
  public void retire(SensorLink sensor) {
    formerSensors.add(sensor);
  }

  /** Counts what a sensor's link, which is settled, still had to send. */
  public void giveUp(SensorLink settled) {
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

  /** Returns frames that were cut to headers or left out by policy, by cause. */
  Counters<ShedCause> shed() {
    return shed;
  }

  /** Returns bytes of these frames that were left out. */
  long bytesShed() {
    return shedder == null ? 0 : shedder.bytesShed();
  }

  /** Returns packets made after cutting. */
  long packets() {
    return packets;
  }

  /** Returns bytes of those packets, as a sensor gets them. */
  long packetBytes() {
    return packetBytes;
  }

  /** Returns bytes of those that were not sent. */
  long failedBytes() {
    return failed.bytes() - failed.packets().total() * encapsulationBytes;
  }

  /**
   * The ledger and what its links say, at one moment.
   *
   * @param sent packets, to former sensors too
   * @param sentBytes of those packets, as a sensor gets them
   * @param waiting packets in the queues of streams; none at the end
   * @param waitingBytes of those packets
   * @param calls batches handed to the kernel
   * @param sensors in use
   */
  record Moment(
      Ledger ledger,
      long sent,
      long sentBytes,
      long waiting,
      long waitingBytes,
      long calls,
      int sensors) {}

  /**
   * One link at one moment: its own thread may send meanwhile.
   *
   * @param sentBytes see {@link SensorLink#bytesSent}
   */
  record Link(SensorLink link, long sent, long sentBytes) {

    static Link of(SensorLink link) {
      long sentBytes = link.bytesSent();
      return new Link(link, link.packetsSent(), sentBytes);
    }

    long waiting() {
      return link instanceof SensorStream stream ? stream.packetsAccepted() - sent : 0;
    }

    long waitingBytes() {
      return link instanceof SensorStream stream ? stream.bytesAccepted() - sentBytes : 0;
    }
  }

  /**
   * A named count.
   *
   * @param name in lower case
   */
  public record Count(String name, long count) {

    private static List<Count> of(Reading reading, String key) {
      List<Count> counts = new ArrayList<>();
      reading.counts(key).forEach((name, count) -> counts.add(new Count(name, count)));
      return counts;
    }
  }

  /** One interface's part; see {@link InterfaceLedger}. */
  public record InterfaceSnapshot(Reading reading) {

    public String name() {
      return reading.text("name");
    }

    public long seen() {
      return reading.count("seen");
    }

    public long droppedByKernel() {
      return reading.count("dropped");
    }

    public long filtered() {
      return reading.count("filtered");
    }

    public long delivered() {
      return reading.count("delivered");
    }

    public long mirrored() {
      return reading.count("mirrored");
    }

    public long shed() {
      return reading.count("shed");
    }

    /** Returns frames by cause. */
    public List<Count> failed() {
      return Count.of(reading, "failed");
    }
  }

  /**
   * One sensor's part.
   *
   * @param link what any sensor has
   * @param tunnel what a stream does not have
   * @param stream what a tunnel does not have
   */
  public record SensorSnapshot(
      Reading link, Optional<TunnelSnapshot> tunnel, Optional<StreamSnapshot> stream) {

    /** Returns the sensor, as given. */
    public String address() {
      return link.text("address");
    }

    /** Returns packets sent to this sensor. */
    public long sent() {
      return link.count("sent");
    }

    /** Returns what the path of a tunnel takes now. */
    public int datagramBytesMax() {
      return (int) tunnelCount("datagram_bytes_max");
    }

    /** Returns answers that a datagram did not arrive. */
    public long asynchronousErrors() {
      return tunnelCount("errors");
    }

    private long tunnelCount(String key) {
      return tunnel.map(one -> one.reading.count(key)).orElse(0L);
    }
  }

  /** One tunnel's part, and its lanes'. */
  public record TunnelSnapshot(Reading reading, List<Reading> lanes) {}

  /** One stream's part. */
  public record StreamSnapshot(Reading reading) {

    /** Returns whether packets can leave now. */
    public boolean connected() {
      return reading.flag("connected");
    }

    /** Returns packets in the queue. */
    public long waiting() {
      return reading.count("waiting");
    }

    /** Returns why there is no connection, or an empty text. */
    public String problem() {
      return reading.text("problem");
    }
  }

  /** Bytes of packets as a sensor gets them: {@code made = sent + waiting + failed}. */
  public record PacketBytes(long made, long sent, long waiting, long failed) {}

  /**
   * The whole ledger at one moment.
   *
   * @param totals see {@link TapMetrics#PACKETS}
   * @param balanced whether everything is accounted for: always at the end, otherwise up to what
   *     stands in the ring
   */
  public record Snapshot(
      List<InterfaceSnapshot> interfaces,
      Reading totals,
      List<SensorSnapshot> sensors,
      boolean balanced) {

    /** Returns the sum of one counter over all interfaces. */
    public long sum(ToLongFunction<InterfaceSnapshot> counter) {
      return interfaces.stream().mapToLong(counter).sum();
    }

    /** Returns the sum of all packets and frames that failed. */
    public long failures() {
      return sum(one -> one.reading.count("failed")) + totals.count("failed");
    }

    /** Returns what was done to frames. */
    public List<Count> segment() {
      return Count.of(totals, "segment");
    }

    /** Returns frames that were cut to headers or left out by policy, by cause. */
    public List<Count> shed() {
      return Count.of(totals, "shed");
    }

    /** Returns bytes of these frames that were left out. */
    public long shedBytes() {
      return totals.count("shed_bytes");
    }

    /** Returns packets made after cutting. */
    public long packets() {
      return totals.count("packets");
    }

    /** Returns packets sent. */
    public long sent() {
      return totals.count("sent");
    }

    /** Returns packets in the queues of streams. */
    public long waiting() {
      return totals.count("waiting");
    }

    /** Returns packets that were not sent, by cause. */
    public List<Count> failed() {
      return Count.of(totals, "failed");
    }

    /** Returns batches handed to the kernel. */
    public long calls() {
      return totals.count("calls");
    }

    /** Returns bytes of the packets, and what became of them. */
    public PacketBytes bytes() {
      return new PacketBytes(
          totals.count("packet_bytes"),
          totals.count("sent_bytes"),
          totals.count("waiting_bytes"),
          totals.count("failed_bytes"));
    }

    /** Returns what a report says of it: the declared values, summed over interfaces. */
    Map<String, String> report() {
      Map<String, Long> sums = new LinkedHashMap<>();
      TapMetrics.INTERFACE.reportKeys().forEach(key -> sums.put(key, 0L));
      interfaces.forEach(one -> one.reading.report(sums));
      totals.report(sums);
      if (totals.counts("shed").isEmpty()) {
        sums.remove(TapReport.SHED); // said where there is a policy
      }
      Map<String, String> values = new LinkedHashMap<>();
      sums.forEach((key, sum) -> values.put(key, sum.toString()));
      return values;
    }

    @Override
    public String toString() {
      CountDocument document = new CountDocument();
      LedgerText.add(document, this);
      return document.end();
    }
  }

  /** Returns the ledger of a tap that has not begun. */
  public static Snapshot empty() {
    return new Ledger(List.of(), 0).snapshot(List.of(), 0);
  }

  /** Makes a snapshot; between batches, on the hot thread. */
  public Snapshot snapshot(List<SensorLink> sensors, long calls) {
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
      Link link = Link.of(sensor);
      sent += link.sent;
      linkBytes += link.sentBytes;
      waiting += link.waiting();
      waitingBytes += link.waitingBytes();
      allCalls += sensor.calls();
      sensorSnapshots.add(snapshot(link));
    }
    Reading totals =
        TapMetrics.PACKETS.read(
            new Moment(
                this,
                sent,
                linkBytes - sent * encapsulationBytes,
                waiting,
                waitingBytes,
                allCalls,
                all.size()));
    boolean balanced = totals.isBalanced();
    List<InterfaceSnapshot> interfaceSnapshots = new ArrayList<>();
    for (InterfaceLedger one : interfaces) {
      Reading reading = TapMetrics.INTERFACE.read(one);
      balanced &= reading.isBalanced();
      interfaceSnapshots.add(new InterfaceSnapshot(reading));
    }
    return new Snapshot(interfaceSnapshots, totals, sensorSnapshots, balanced);
  }

  private static SensorSnapshot snapshot(Link link) {
    Optional<TunnelSnapshot> tunnel = Optional.empty();
    Optional<StreamSnapshot> stream = Optional.empty();
    if (link.link instanceof SensorLanes lanes) {
      List<Reading> readings = new ArrayList<>();
      for (int i = 0; i < lanes.count(); i++) {
        readings.add(TapMetrics.LANE.read(lanes.lane(i)));
      }
      tunnel = Optional.of(new TunnelSnapshot(TapMetrics.TUNNEL.read(lanes), readings));
    } else if (link.link instanceof SensorStream) {
      stream = Optional.of(new StreamSnapshot(TapMetrics.STREAM.read(link)));
    } else {
      throw new IllegalStateException("no ledger of " + link.link.getClass());
    }
    return new SensorSnapshot(TapMetrics.SENSOR.read(link), tunnel, stream);
  }
}
