/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.report.TapReport;
import io.podtap.core.trust.TrustStatus;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.policy.PolicyLedger;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.stream.SensorStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Every number of a tap, declared. */
public final class TapMetrics {

  private static final String PREFIX = "podtap_tap_";

  /** Who the tap is, by the keys of a report. */
  public static final MetricGroup<Map<String, String>> IDENTITY =
      MetricGroup.<Map<String, String>>of(PREFIX, "the tap", "")
          .label("tap", "tap", "The tap's id.", one -> one.getOrDefault(TapReport.TAP_ID, ""))
          .text("pod", "Its pod.", one -> one.getOrDefault(TapReport.POD, ""))
          .label(
              "namespace",
              "namespace",
              "Its pod's namespace.",
              one -> one.getOrDefault(TapReport.NAMESPACE, ""))
          .label("pod", "", "Its pod.", one -> one.getOrDefault(TapReport.POD, ""))
          .info("", "Who this tap is.")
          .gauge(
              "report_omitted",
              "Labels, containers, addresses and lines that the last report had no room for, and"
                  + " values that were cut.",
              one -> Long.parseLong(one.getOrDefault(TapReport.OMITTED, "0")))
          .build();

  /** Frames of one interface. */
  public static final MetricGroup<InterfaceLedger> INTERFACE =
      MetricGroup.<InterfaceLedger>of(PREFIX, "an interface", "interfaces[]")
          .label("interface", "name", "The interface, or the file.", InterfaceLedger::name)
          .counters("frames", "fate", "Frames of an interface, by outcome.")
          .value("seen", InterfaceLedger::seen)
          .means("Frames of the interface, own traffic left out.")
          .reported(TapReport.SEEN)
          .value("filtered", InterfaceLedger::filtered)
          .means("Frames that the filter left out.")
          .reported(TapReport.FILTERED)
          .value("dropped", InterfaceLedger::droppedByKernel)
          .means("Frames for which the ring had no room.")
          .reported(TapReport.DROPPED)
          .value("delivered", InterfaceLedger::delivered)
          .means("Frames that reached the tap.")
          .documentOnly()
          .value("mirrored", InterfaceLedger::mirrored)
          .means("Frames that became packets.")
          .reported(TapReport.MIRRORED)
          .value("shed", InterfaceLedger::shed)
          .means("Frames left out by policy.")
          .reported(TapReport.SHED)
          .values("failed", ledger -> ledger.failed().toNamedMap())
          .means("Frames that are not mirrored, by cause.")
          .reported(TapReport.FAILED)
          .counters(
              "frame",
              MetricUnit.BYTES,
              "fate",
              "Bytes of an interface's frames, by outcome, as far as the kernel says.")
          .value("delivered", InterfaceLedger::deliveredBytes)
          .means("Bytes of the frames that reached the tap.")
          .value("mirrored", InterfaceLedger::mirroredBytes)
          .means("Bytes of the frames that became packets.")
          .value("shed", InterfaceLedger::shedBytes)
          .means("Bytes of the frames left out by policy.")
          .value("failed", InterfaceLedger::failedBytes)
          .means("Bytes of the frames that are not mirrored.")
          .counter(
              "cut_frames",
              "Mirrored frames that were cut into several packets.",
              InterfaceLedger::cutFrames)
          .counter(
              "cut_packets",
              "Packets that mirrored frames were cut into.",
              InterfaceLedger::packets)
          .as("packets")
          .counter("cut", MetricUnit.BYTES, "Bytes of those packets.", InterfaceLedger::packetBytes)
          .as("packet_bytes")
          .account("frames seen", "seen", "dropped", "filtered", "shed", "failed", "mirrored")
          .account("frames delivered", "delivered", "shed", "failed", "mirrored")
          .account(
              "bytes delivered", "delivered_bytes", "shed_bytes", "failed_bytes", "mirrored_bytes")
          .build();

  /** Packets of the tap, after cutting. */
  public static final MetricGroup<Ledger.Moment> PACKETS =
      MetricGroup.<Ledger.Moment>of(PREFIX, "packets after cutting", "")
          .counters("segment_frames", "event", "What had to be done to frames.")
          .values("segment", now -> now.ledger().segment().toNamedMap())
          .counters("shed_frames", "cause", "Frames cut to headers or left out by policy.")
          .values("shed", now -> now.ledger().shed().toNamedMap())
          .counter(
              "shed",
              MetricUnit.BYTES,
              "Bytes of frames left out by policy.",
              now -> now.ledger().bytesShed())
          .counter("packets", "Packets made after cutting.", now -> now.ledger().packets())
          .counter(
              "all_sent_packets", "Packets sent, former sensors included.", Ledger.Moment::sent)
          .as("sent")
          .gauge("waiting_packets", "Packets in the queues of streams.", Ledger.Moment::waiting)
          .as("waiting")
          .counters("failed_packets", "cause", "Packets that could not be sent, by cause.")
          .values("failed", now -> now.ledger().failed().packets().toNamedMap())
          .reported(TapReport.FAILED)
          .counters("packet", MetricUnit.BYTES, "fate", "Bytes of packets, by outcome.")
          .value("made", now -> now.ledger().packetBytes())
          .means("Bytes of packets made after cutting.")
          .as("packet_bytes")
          .value("sent", Ledger.Moment::sentBytes)
          .means("Bytes of packets sent.")
          .value("failed", now -> now.ledger().failedBytes())
          .means("Bytes of packets that could not be sent.")
          .gauge(
              "waiting",
              MetricUnit.BYTES,
              "Bytes of packets in the queues of streams.",
              Ledger.Moment::waitingBytes)
          .counter("send_calls", "Batches handed to the kernel.", Ledger.Moment::calls)
          .as("calls")
          .gauge("sensors", "Sensors that flows are shared among.", Ledger.Moment::sensors)
          .metricsOnly()
          .account("packets made", "packets", "failed", "waiting", "sent")
          .account(
              "bytes of packets made",
              "packet_bytes",
              "failed_bytes",
              "waiting_bytes",
              "sent_bytes")
          .build();

  /** What any sensor has, by tunnel or stream. */
  public static final MetricGroup<Ledger.Link> SENSOR =
      MetricGroup.<Ledger.Link>of(PREFIX, "a sensor", "sensors[]")
          .label("sensor", "address", "The sensor.", link -> link.link().sensor().toString())
          .counter("sent_packets", "Packets sent to a sensor.", Ledger.Link::sent)
          .as("sent")
          .build();

  /** What a tunnel has besides. */
  public static final MetricGroup<SensorLanes> TUNNEL =
      MetricGroup.<SensorLanes>of(PREFIX, "a sensor's tunnel", "sensors[]")
          .label("sensor", "", "The sensor.", lanes -> lanes.sensor().toString())
          .gauges("", "", "Bytes of a datagram that the sensor's path takes now.")
          .value("", SensorLanes::datagramBytesMax)
          .as("datagram_bytes_max")
          .documentOnly()
          .counters("", "", "Answers that a datagram did not arrive.")
          .value("", TapMetrics::asynchronousErrors)
          .as("errors")
          .documentOnly()
          .flag("joined", "Whether datagrams leave many in one buffer now.", SensorLanes::isJoined)
          .flag(
              "sensor_answering",
              "Whether the sensor says it reads a socket.",
              SensorLanes::isAnswering)
          .as("answering")
          .text(
              "receiver",
              "Number of the receiver that answered last.",
              lanes ->
                  lanes.confirmed().receiver() == 0
                      ? ""
                      : Long.toHexString(lanes.confirmed().receiver()))
          .gauges("confirmed_packets", "fate", "Packets sent, by what the sensor has said.")
          .value("confirmed", lanes -> lanes.confirmed().sent())
          .means("Packets sent that receipts speak of.")
          .documentOnly()
          .value("received", lanes -> lanes.confirmed().received())
          .means("Of these, packets that the sensor has received.")
          .value("lost", lanes -> lanes.confirmed().lost())
          .means("Of these, packets that did not arrive.")
          .value("surplus", lanes -> lanes.confirmed().surplus())
          .means("Packets that arrived more often than they were sent.")
          .value("unconfirmed", lanes -> lanes.confirmed().unconfirmed())
          .means("Packets sent that no receipt speaks of yet.")
          .counters("receipts", "fate", "What came back from a sensor.")
          .values("receipts", lanes -> lanes.receipts().toNamedMap())
          .build();

  /** One source port of a tunnel. */
  public static final MetricGroup<Lane> LANE =
      MetricGroup.<Lane>of(PREFIX, "a lane of a tunnel", "sensors[].lanes[]")
          .text("port", "Source port of its datagrams.", lane -> (long) lane.sourcePort())
          .counters("", "", "Packets sent, reports left out.")
          .value("sent", Lane::packetsSent)
          .documentOnly()
          .build();

  /** What a stream has besides. */
  public static final MetricGroup<Ledger.Link> STREAM =
      MetricGroup.<Ledger.Link>of(PREFIX, "a sensor's stream", "sensors[]")
          .label("sensor", "", "The sensor.", link -> link.link().sensor().toString())
          .flag(
              "stream_connected",
              "Whether there is a connection now.",
              link -> stream(link).isConnected())
          .as("connected")
          .counter("stream_connections", "Connections made.", link -> stream(link).connections())
          .as("connections")
          .gauge("stream_waiting_packets", "Packets in the queue.", Ledger.Link::waiting)
          .as("waiting")
          .counter(
              "stream",
              MetricUnit.BYTES,
              "Bytes of TLS records sent, handshakes left out.",
              link -> stream(link).recordBytesSent())
          .as("bytes")
          .text("problem", "Why there is no connection.", link -> stream(link).problem())
          .build();

  /** How the search for sensors stands. */
  public static final MetricGroup<DiscoveryStatus> DISCOVERY =
      MetricGroup.<DiscoveryStatus>of(
              PREFIX, "discovery, where sensors are not given by address", "discovery")
          .text("target", "What is looked for.", DiscoveryStatus::target)
          .gauges("", "", "Sensors in use.")
          .value("sensors", status -> status.sensors().size())
          .documentOnly()
          .reported(TapReport.SENSORS)
          .gauge("discovery_ready", "Sensors that are ready, near or far.", DiscoveryStatus::ready)
          .as("ready")
          .flag(
              "discovery_following",
              "Whether changes are followed: 0 while the API server or DNS is unavailable.",
              DiscoveryStatus::following)
          .as("following")
          .gauge(
              "discovery_age",
              MetricUnit.NANOSECONDS,
              "Time since the sensors were known to be current, up to a minute in calm; -1 for"
                  + " never.",
              status -> (long) (status.ageSeconds(System.nanoTime()) * 1e9))
          .as("age_seconds")
          .reported(TapReport.SENSORS_AGE)
          .counter("discovery_requests", "Lists, watches and lookups.", DiscoveryStatus::requests)
          .as("requests")
          .counters("discovery_failures", "cause", "What went wrong, by cause.")
          .values("failures", status -> named(status.failures()))
          .text("problem", "What is wrong now.", DiscoveryStatus::problem)
          .build();

  /** Options that were to change while the tap ran. */
  public static final MetricGroup<PolicyLedger.Snapshot> POLICY =
      MetricGroup.<PolicyLedger.Snapshot>of(PREFIX, "changes of options", "policy")
          .counters("policy_changes", "outcome", "Options that were to change while the tap ran.")
          .value("changed", PolicyLedger.Snapshot::changed)
          .means("Options that are in use.")
          .value("refused", PolicyLedger.Snapshot::refused)
          .means("Options that are invalid: the former value stays.")
          .value("at_next_start", PolicyLedger.Snapshot::atNextStart)
          .means("Options that take effect at the next start only.")
          .build();

  /** Certificates of a tap whose packets leave over TLS. */
  public static final MetricGroup<TrustStatus> TRUST = TrustStatus.metrics(PREFIX);

  /** All of these. */
  public static final List<MetricGroup<?>> ALL =
      List.of(IDENTITY, INTERFACE, PACKETS, SENSOR, TUNNEL, LANE, STREAM, DISCOVERY, POLICY, TRUST);

  private TapMetrics() {}

  private static SensorStream stream(Ledger.Link link) {
    return (SensorStream) link.link();
  }

  private static long asynchronousErrors(SensorLanes lanes) {
    long errors = 0;
    for (int i = 0; i < lanes.count(); i++) {
      errors += lanes.lane(i).asynchronousErrors();
    }
    return errors;
  }

  private static Map<String, Long> named(Map<ApiFailure, Long> failures) {
    Map<String, Long> named = new TreeMap<>();
    failures.forEach((cause, count) -> named.put(cause.name().toLowerCase(Locale.ROOT), count));
    return named;
  }
}
