/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.sensor.defragment.Defragmenter;
import io.podtap.sensor.defragment.FragmentWeird;
import io.podtap.sensor.dispatch.Dispatcher;
import io.podtap.sensor.dispatch.PacketWeirds;
import io.podtap.sensor.dispatch.Parsers;
import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.dispatch.WeirdMemory;
import io.podtap.sensor.dispatch.WeirdRecorder;
import io.podtap.sensor.flow.CommunityId;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.log.ConnLog;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.merge.MergeHandler;
import io.podtap.sensor.merge.TapMerge;
import io.podtap.sensor.notice.content.PayloadWatches;
import io.podtap.sensor.parse.PayloadWatch;
import io.podtap.sensor.parse.files.ExtractionCounts;
import io.podtap.sensor.parse.files.FileRecorder;
import io.podtap.sensor.parse.ocsp.OcspAnalyzer;
import io.podtap.sensor.parse.pe.PeAnalyzer;
import io.podtap.sensor.parse.unparsed.TunnelServices;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.track.Packet;
import io.podtap.sensor.track.PacketCheck;
import io.podtap.sensor.track.ServerPorts;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.track.Weird;
import io.podtap.sensor.track.Weirds;
import io.podtap.sensor.tunnel.Tunnel;
import io.podtap.sensor.tunnel.TunnelRecorder;
import io.podtap.sensor.tunnel.Tunnels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * From frames to log records, the same for a capture file, an interface and a tunnel. A frame
 * passes:
 *
 * <ol>
 *   <li>headers: link layer, IP, transport are located ({@link Headers})
 *   <li>merge: of packets that several taps deliver one copy goes on, in order ({@link TapMerge})
 *   <li>advance: flows that are over by the clock end
 *   <li>accept: lengths and IP checksum ({@link PacketCheck})
 *   <li>defragment: fragments wait until their datagram is whole ({@link Defragmenter})
 *   <li>enter: a packet inside an IP packet takes its place, from accept on ({@link
 *       Tunnels#enterIp})
 *   <li>track: the flow is found and updated ({@link Tracker#track})
 *   <li>dispatch: what a flow carries is recognised and parsed ({@link Dispatcher})
 *   <li>enter: so does a packet inside a datagram of the flow ({@link Tunnels#enterUdp})
 *   <li>log: a flow that ends becomes a record ({@link ConnLog})
 *   <li>sink: the record goes to its file ({@link LogSink})
 * </ol>
 *
 * One thread. Frames' bytes are not kept.
 */
public final class Analysis implements FrameAnalysis {

  private static final int[] NO_TAPS = new int[0];

  private static final ServerPorts SERVER_PORTS =
      new ServerPorts(Protocols.serverPorts(Transport.TCP), Protocols.serverPorts(Transport.UDP));

  private final Tracker tracker;
  private final PacketCheck check;
  private final @Nullable TapMerge merge;
  private final LogSink sink;
  private final boolean perTap;

  /** The packet at hand, as it came, and one that was held by the merge. */
  private final Packet packet = new Packet(new Headers());

  private final Packet merged = new Packet(new Headers());
  private final Defragmenter defragmenter = new Defragmenter(this::noteFragment);
  private final Tunnels tunnels;
  private final FileRecorder files;
  private final Dispatcher dispatcher;

  /** Null where no detection wants to know. */
  private final @Nullable AckEvents ackEvents;

  /** Null where no detection wants to see open flows. */
  private final @Nullable OpenFlows openFlows;

  private long framesSeen;

  /** Time of the packet at hand, nanoseconds since 1970. */
  private long packetNs = Long.MIN_VALUE;

  /**
   * Time by which flows end, nanoseconds since 1970: the receiver's, or in a file the capture's.
   */
  private long clockNs;

  /**
   * @param tapName names the tap that a frame's interface index stands for; null when frames do not
   *     come from taps, and a flow counts the packets of every interface
   */
  public Analysis(Tracker.Settings tracking, LogSink sink, @Nullable IntFunction<String> tapName) {
    this(AnalysisSettings.standard(tracking), sink, tapName);
  }

  /** As above, with more to choose. */
  public Analysis(AnalysisSettings settings, LogSink sink, @Nullable IntFunction<String> tapName) {
    this(settings, sink, tapName, new WeirdMemory());
  }

  /** As above, one of several that share their logs. */
  Analysis(
      AnalysisSettings settings,
      LogSink sink,
      @Nullable IntFunction<String> tapName,
      WeirdMemory weirdMemory) {
    this.sink = sink;
    sink.timedBy(() -> packetNs);
    this.perTap = tapName != null;
    CommunityId communityId = new CommunityId(0);
    LogSchema<Flow> schema =
        tapName == null
            ? ConnLog.schema(communityId, Protocols.names())
            : ConnLog.schema(communityId, Protocols.names(), tapName);
    LogStream<Flow> connections = sink.open(schema);
    this.openFlows = OpenFlows.of(sink, schema);
    HeapPlan heap = settings.heapPlan();
    this.files =
        new FileRecorder(
            sink,
            settings.fileHashes(),
            heap.tableBytesMax(),
            List.of(new OcspAnalyzer(sink), new PeAnalyzer(sink)),
            this::noteFile,
            settings.extracted());
    TunnelRecorder tunnelRecorder = new TunnelRecorder(sink, heap.tableBytesMax());
    this.dispatcher =
        new Dispatcher(
            Parsers.standard(
                sink, files, tunnelRecorder, settings.parsed()::contains, heap.tableBytesMax()),
            sink,
            weirdMemory,
            heap.carriedBytesMax(),
            heap.flowBytesMax(),
            heap.tableBytesMax());
    PayloadWatch watch = PayloadWatches.of(sink);
    if (watch != null) {
      dispatcher.watch(watch);
    }
    this.tunnels =
        new Tunnels(
            ~settings.tracking().seed(),
            heap.tableBytesMax(),
            settings.tunnelDepthMax(),
            tunnelRecorder,
            Analysis::services,
            new TunnelWeirds(dispatcher.weirds()));
    this.tracker =
        new Tracker(
            settings.tracking(),
            SERVER_PORTS,
            new FlowSteps(
                dispatcher,
                tunnelRecorder,
                connections,
                FlowEvents.of(sink, "connection_established"),
                FlowEvents.of(sink, "connection_rejected")));
    this.check = tracker.check();
    this.ackEvents = AckEvents.of(sink, tracker);
    this.merge =
        perTap
            ? new TapMerge(
                settings.mergeBytesMax(),
                heap.mergeHeapBytesMax(),
                settings.tracking().seed(),
                new Copies())
            : null;
  }

  private void noteFile(String name, String detail) {
    dispatcher.weirds().ofNobody(name, detail, /* source= */ "");
  }

  /** Takes a weird of fragments, whose name is the same in tunnels. */
  private void noteFragment(FragmentWeird weird, MemorySegment segment, Headers at) {
    if (weird == FragmentWeird.TOO_LONG) {
      tracker.weirds().add(Weird.INVALID_IP_HEADER_SIZE, segment, /* headers= */ null);
    } else {
      PacketWeirds.note(dispatcher.weirds(), weird.weirdName(), "", /* source= */ "", segment, at);
    }
  }

  @Override
  public void onFrame(Frame frame) {
    framesSeen++;
    packet.headers().locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    if (merge != null) {
      merge.advance(frame.receivedNs());
      if (merge.take(frame, packet.headers())) {
        return;
      }
    }
    analyse(frame, packet, NO_TAPS, /* otherCount= */ 0, /* shared= */ false);
  }

  /** Takes what the taps together have delivered. */
  private final class Copies implements MergeHandler {

    /** Takes one copy of a packet that several taps may see; another frame may be at hand. */
    @Override
    public void onMerged(Frame frame, int[] others, int otherCount, boolean shared) {
      merged.headers().locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
      analyse(frame, merged, others, otherCount, shared);
    }

    /** Names a tap in the record of a packet that was analysed before the tap delivered it. */
    @Override
    public void onLateCopy(Frame frame, int soleTap) {
      if (packet.headers().isFragment()) {
        return;
      }
      int tap = frame.interfaceIndex();
      packet.begin(frame.timestampNs(), clockNs, tap, /* cutsExpected= */ true);
      packet.wrap(frame.segment(), /* checksumsKnown= */ false);
      Flow flow = tracker.find(packet);
      if (flow == null) {
        return;
      }
      flow.taps().claim(tap);
      if (soleTap != TapMerge.NO_TAP) {
        flow.taps().addSole(soleTap, -1);
      }
    }
  }

  /**
   * Takes a packet, then the one inside of it, and so on.
   *
   * @param packet its headers stand on the frame
   * @param otherTaps which taps besides the frame's have delivered it
   * @param shared whether others than the frame's tap see its hosts
   */
  private void analyse(
      Frame frame, Packet packet, int[] otherTaps, int otherCount, boolean shared) {
    long timeNs = frame.timestampNs();
    advance(timeNs, perTap ? Math.max(clockNs, frame.receivedNs()) : timeNs);
    int tap = perTap ? frame.interfaceIndex() : Flow.NO_TAP;
    packet.begin(timeNs, clockNs, tap, /* cutsExpected= */ perTap);
    tunnels.begin();
    tracker.weirds().inTunnel(false);
    Headers headers = packet.headers();
    @Nullable MemorySegment segment = frame.segment();
    boolean checksumsKnown = frame.isChecksumNeeded();
    long wireEnd =
        frame.isOriginalLengthKnown()
            ? frame.offset() + frame.originalLength()
            : PacketCheck.END_UNKNOWN;
    while (check.accept(segment, headers, wireEnd, checksumsKnown)) {
      segment = headers.isFragment() ? defragment(segment, headers, tap) : segment;
      if (segment == null) {
        return;
      }
      packet.wrap(segment, checksumsKnown);
      wireEnd = tunnels.enterIp(segment, headers, clockNs);
      if (wireEnd == Tunnels.NOT_A_TUNNEL) {
        Flow flow = tracker.track(packet);
        if (flow == null) {
          return;
        }
        noteTaps(flow, tap, otherTaps, otherCount, shared);
        if (openFlows != null) {
          openFlows.onPacket(flow, timeNs);
        }
        wireEnd = enterUdp(flow, packet, segment);
      }
      if (wireEnd < 0) {
        return;
      }
      tracker.weirds().inTunnel(true);
      checksumsKnown = false;
    }
  }

  /**
   * Offers a fragment for reassembly. One that was cut takes part where taps cut on purpose; in a
   * file it counts as in Zeek's.
   *
   * @return where the packet to go on with is, on which {@code headers} stand: the whole datagram,
   *     or a fragment that counts alone; null when there is none
   */
  private @Nullable MemorySegment defragment(MemorySegment segment, Headers headers, int tap) {
    if ((perTap || headers.ipEnd() <= headers.captureEnd())
        && defragmenter.offer(segment, headers, tap, clockNs)) {
      MemorySegment whole = defragmenter.segment();
      headers.locateIp(whole, defragmenter.offset(), defragmenter.length());
      return whole;
    }
    return perTap || !check.isWorthTracking(segment, headers) ? null : segment;
  }

  /** Says who else has delivered the packet, or that nobody has. */
  private static void noteTaps(
      Flow flow, int tap, int[] otherTaps, int otherCount, boolean shared) {
    for (int i = 0; i < otherCount; i++) {
      flow.taps().claim(otherTaps[i]);
    }
    if (shared && otherCount == 0) {
      flow.taps().addSole(tap, 1);
    }
  }

  private long enterUdp(Flow flow, Packet packet, MemorySegment segment) {
    if (tunnels.follow(flow)) {
      tracker.weirds().add(Weird.TUNNEL_CHANGES, flow);
    }
    return packet.isDatagram()
        ? tunnels.enterUdp(
            flow,
            packet.isFromOriginator(),
            segment,
            packet.headers(),
            packet.payloadOffset(),
            packet.payloadCaptured(),
            clockNs)
        : Tunnels.NOT_A_TUNNEL;
  }

  private void advance(long timeNs, long nowNs) {
    clockNs = nowNs;
    packetNs = timeNs;
    dispatcher.now(timeNs, nowNs);
    tunnels.advance(timeNs, nowNs);
    tracker.advance(nowNs);
    if (ackEvents != null) {
      ackEvents.advance(timeNs);
    }
  }

  /** Takes what is invalid about tunnels. */
  private record TunnelWeirds(WeirdRecorder weirds) implements Tunnels.WeirdHandler {

    @Override
    public void ofFlow(Flow flow, String name, String detail, String source) {
      weirds.ofFlow(flow, name, detail, source);
    }

    @Override
    public void ofPacket(
        String name, String detail, String source, MemorySegment segment, Headers headers) {
      PacketWeirds.note(weirds, name, detail, source, segment, headers);
    }
  }

  private static ServiceSet services(Tunnel kind) {
    return switch (kind) {
      case VXLAN -> TunnelServices.VXLAN.alone();
      case GENEVE -> TunnelServices.GENEVE.alone();
      case GTP -> TunnelServices.GTP.alone();
      case TEREDO -> TunnelServices.TEREDO.alone();
      case AYIYA -> TunnelServices.AYIYA.alone();
      case NONE, IP, GRE, ERSPAN -> ServiceSet.EMPTY;
    };
  }

  @Override
  public void onBatchEnd() {}

  @Override
  public void idle(long nowNs) {
    if (merge != null) {
      merge.advance(nowNs);
    }
    advance(nowNs, nowNs);
    files.advance(nowNs);
    sink.flush();
  }

  /** Returns how many frames came. */
  public long framesSeen() {
    return framesSeen;
  }

  /** Returns what was odd. */
  public Weirds weirds() {
    return tracker.weirds();
  }

  /** Returns what was odd about fragments. */
  public Map<FragmentWeird, Long> fragmentWeirds() {
    return defragmenter.weirds();
  }

  /** Returns where it met its limits. */
  public AnalysisLoad load() {
    return summary().load();
  }

  /** Returns the stage that follows flows. */
  Tracker tracker() {
    return tracker;
  }

  /** Returns what became of files that were to be kept. */
  ExtractionCounts extracted() {
    return files.extracted();
  }

  /** Returns the stage that chooses parsers. */
  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** Returns what became of frames that several taps may deliver. */
  MergeCounts merged() {
    return merge == null ? MergeCounts.NONE : merge.counts();
  }

  /** Returns flows that are under way. */
  public int flows() {
    return tracker.table().size();
  }

  @Override
  public AnalysisSummary summary() {
    return new AnalysisSummary(SensorMetrics.ANALYSIS.read(this), merged());
  }

  @Override
  public void close() {
    if (merge != null) {
      merge.close();
    }
    sink.ending();
    if (openFlows != null) {
      tracker.table().forEach(openFlows::onEnd);
    }
    if (ackEvents != null) {
      ackEvents.tell();
    }
    tracker.close();
    files.close();
    sink.close();
    defragmenter.close();
  }
}
