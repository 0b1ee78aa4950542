/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.decapsulate.Tunnel;
import io.podtap.sensor.decapsulate.TunnelFinder;
import io.podtap.sensor.decapsulate.TunnelWeird;
import io.podtap.sensor.defragment.Defragmenter;
import io.podtap.sensor.defragment.FragmentWeird;
import io.podtap.sensor.dispatch.Dispatcher;
import io.podtap.sensor.dispatch.Parsers;
import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.dispatch.WeirdMemory;
import io.podtap.sensor.flow.CommunityId;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.log.ConnLog;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.merge.TapMerge;
import io.podtap.sensor.notice.content.ContentRow;
import io.podtap.sensor.notice.content.ContentWatch;
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
import io.podtap.sensor.tunnel.ActiveTunnel;
import io.podtap.sensor.tunnel.IpTunnels;
import io.podtap.sensor.tunnel.TunnelPath;
import io.podtap.sensor.tunnel.TunnelRecorder;
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
 *   <li>merge: of packets that several taps deliver one copy goes on, in order ({@link TapMerge})
 *   <li>advance: flows that are over by the clock end
 *   <li>headers: link layer, IP, transport are located ({@link Headers})
 *   <li>accept: lengths and IP checksum ({@link PacketCheck})
 *   <li>defragment: fragments wait until their datagram is whole ({@link Defragmenter})
 *   <li>track: the flow is found and updated ({@link Tracker#track})
 *   <li>dispatch: what a flow carries is recognised and parsed ({@link Dispatcher})
 *   <li>decapsulate: a packet inside goes through the same steps ({@link TunnelFinder})
 *   <li>log: a flow that ends becomes a record ({@link ConnLog})
 *   <li>sink: the record goes to its file ({@link LogSink})
 * </ol>
 *
 * One thread. Frames' bytes are not kept.
 */
public final class Analysis implements FrameAnalysis {

  private static final ServerPorts SERVER_PORTS =
      new ServerPorts(Protocols.serverPorts(Transport.TCP), Protocols.serverPorts(Transport.UDP));

  private final Tracker tracker;
  private final PacketCheck check;
  private final @Nullable TapMerge merge;
  private final LogSink sink;
  private final boolean perTap;
  private final Headers headers = new Headers();
  private final Packet packet = new Packet(headers);
  private final Defragmenter defragmenter = new Defragmenter(this::noteFragment);
  private final TunnelFinder tunnels = new TunnelFinder();
  private final FileRecorder files;
  private final Dispatcher dispatcher;
  private final TunnelRecorder tunnelRecorder;
  private final IpTunnels ipTunnels;
  private final TunnelPath path;
  private final int tunnelDepthMax;
  private long framesSeen;

  /** Time of the packet at hand, nanoseconds since 1970. */
  private long packetNs = Long.MIN_VALUE;

  /**
   * Time by which flows end, nanoseconds since 1970: the receiver's, or in a file the capture's.
   */
  private long clockNs;

  /** Which taps besides the first have delivered the packet at hand, and whether others may. */
  private final int[] otherTaps = new int[8];

  private int otherTapCount;
  private boolean shared;
  private long framesMerged;

  /** Where the packet inside the one at hand ends, captured and on the wire. */
  private long innerCaptureEnd;

  private long innerWireEnd;

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
    this.tunnelDepthMax = settings.tunnelDepthMax();
    this.perTap = tapName != null;
    CommunityId communityId = new CommunityId(0);
    LogSchema<Flow> schema =
        tapName == null
            ? ConnLog.schema(communityId, Protocols.names())
            : ConnLog.schema(communityId, Protocols.names(), tapName);
    LogStream<Flow> connections = sink.open(schema);
    HeapPlan heap = settings.heapPlan();
    this.files =
        new FileRecorder(
            sink,
            settings.fileHashes(),
            heap.tableBytesMax(),
            List.of(new OcspAnalyzer(sink), new PeAnalyzer(sink)),
            this::noteFile,
            settings.extracted());
    this.tunnelRecorder = new TunnelRecorder(sink, heap.tableBytesMax());
    this.dispatcher =
        new Dispatcher(
            Parsers.standard(
                sink, files, tunnelRecorder, settings.parsed()::contains, heap.tableBytesMax()),
            sink,
            weirdMemory,
            heap.carriedBytesMax(),
            heap.flowBytesMax(),
            heap.tableBytesMax());
    if (sink.events(ContentRow.schema()) != null) { // somebody wants to know
      dispatcher.watch(new ContentWatch(sink.open(ContentRow.schema())));
    }
    this.ipTunnels =
        new IpTunnels(~settings.tracking().seed(), tunnelRecorder, heap.tableBytesMax());
    this.path = new TunnelPath(tunnelDepthMax + 1, tunnelRecorder);
    this.tracker =
        new Tracker(
            settings.tracking(),
            SERVER_PORTS,
            new FlowSteps(
                dispatcher,
                tunnelRecorder,
                connections,
                FlowEvents.of(sink, "connection_established")));
    this.check = tracker.check();
    this.merge =
        perTap
            ? new TapMerge(settings.mergeBytesMax(), settings.tracking().seed(), this::onMerged)
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
    MemorySegment segment = frame.segment();
    if (merge != null) {
      merge.advance(frame.receivedNs());
      headers.locate(segment, frame.offset(), frame.length(), frame.linkType());
      long before = framesMerged;
      if (merge.take(frame, headers)) {
        return;
      }
      if (framesMerged == before) {
        analyse(frame, /* otherCount= */ 0, /* shared= */ false);
        return;
      }
    }
    headers.locate(segment, frame.offset(), frame.length(), frame.linkType());
    analyse(frame, /* otherCount= */ 0, /* shared= */ false);
  }

  /** Takes one copy of a packet that several taps may see. */
  private void onMerged(Frame frame, int[] others, int otherCount, boolean shared) {
    framesMerged++;
    System.arraycopy(others, 0, otherTaps, 0, otherCount);
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    analyse(frame, otherCount, shared);
  }

  /** Takes the packet on whose headers {@link #headers} stands, and those inside of it. */
  private void analyse(Frame frame, int otherCount, boolean shared) {
    long timeNs = frame.timestampNs();
    advance(timeNs, perTap ? Math.max(clockNs, frame.receivedNs()) : timeNs);
    int tap = perTap ? frame.interfaceIndex() : Flow.NO_TAP;
    packet.begin(timeNs, clockNs, tap, /* cutsExpected= */ perTap);
    MemorySegment segment = frame.segment();
    boolean checksumsKnown = frame.isChecksumNeeded();
    long wireEnd =
        frame.isOriginalLengthKnown()
            ? frame.offset() + frame.originalLength()
            : PacketCheck.END_UNKNOWN;
    otherTapCount = otherCount;
    this.shared = shared;
    path.clear();
    tracker.weirds().inTunnel(false);
    for (int depth = 0; check.accept(segment, headers, wireEnd, checksumsKnown); depth++) {
      if (headers.isFragment()) {
        if (isWhole(segment, tap)) {
          segment = defragmenter.segment();
          headers.locateIp(segment, defragmenter.offset(), defragmenter.length());
        } else if (perTap || !check.isWorthTracking(segment, headers)) {
          return;
        }
      }
      packet.wrap(segment, checksumsKnown);
      if (!enterTunnel(segment, depth)) {
        return;
      }
      tracker.weirds().inTunnel(true);
      wireEnd = innerWireEnd;
      checksumsKnown = false;
      long at = tunnels.offset();
      headers.locate(segment, at, (int) (innerCaptureEnd - at), tunnels.linkType());
    }
  }

  private void advance(long timeNs, long nowNs) {
    clockNs = nowNs;
    packetNs = timeNs;
    dispatcher.now(timeNs, nowNs);
    tunnelRecorder.advance(timeNs, nowNs);
    ipTunnels.advance(nowNs);
    tracker.advance(nowNs);
  }

  /**
   * Offers a fragment for reassembly. One that was cut takes part where taps cut on purpose; in a
   * file it counts as in Zeek's.
   */
  private boolean isWhole(MemorySegment segment, int scope) {
    return (perTap || headers.ipEnd() <= headers.captureEnd())
        && defragmenter.offer(segment, headers, scope, clockNs);
  }

  /**
   * Counts a packet with its flow, and looks whether it carries another one.
   *
   * @param depth tunnels that it came through
   * @return whether {@link #tunnels} stands on an inner packet
   */
  private boolean enterTunnel(MemorySegment segment, int depth) {
    long at = headers.transportOffset();
    innerCaptureEnd = Math.min(headers.captureEnd(), headers.ipEnd());
    int protocol = headers.protocol();
    if (protocol == IpProtocol.IPV4 || protocol == IpProtocol.IPV6 || protocol == IpProtocol.GRE) {
      int captured = (int) Math.max(0, innerCaptureEnd - at);
      int length = (int) (headers.ipEnd() - at);
      Tunnel kind = tunnels.ofIp(protocol, segment, at, length, captured);
      noteTunnel(segment, /* flow= */ null, depth);
      if (kind != Tunnel.NONE) {
        return enterIpTunnel(kind, segment, depth);
      }
    }
    Flow flow = tracker.track(packet);
    if (flow == null) {
      return false;
    }
    if (path.follow(flow)) {
      tracker.weirds().add(Weird.TUNNEL_CHANGES, flow);
    }
    noteTaps(flow);
    return packet.isCounted() && protocol == IpProtocol.UDP && enterUdpTunnel(segment, flow, depth);
  }

  /** Says who else has delivered the packet, or that nobody has. */
  private void noteTaps(Flow flow) {
    for (int i = 0; i < otherTapCount; i++) {
      flow.claim(otherTaps[i]);
    }
    if (shared && otherTapCount == 0) {
      flow.noteSole(packet.tap());
    }
  }

  private boolean enterUdpTunnel(MemorySegment segment, Flow flow, int depth) {
    Tunnel kind =
        tunnels.ofUdp(
            flow.responderPort(), segment, packet.payloadOffset(), packet.payloadCaptured());
    noteTunnel(segment, flow, depth);
    if (kind == Tunnel.NONE) {
      return false;
    }
    if (kind == Tunnel.GRE || kind == Tunnel.ERSPAN) {
      return enterIpTunnel(kind, segment, depth); // between the addresses, whatever the ports
    }
    if (!(flow.tunnel instanceof ActiveTunnel)) {
      flow.tunnel = new ActiveTunnel(flow, kind.zeekName());
    }
    ActiveTunnel tunnel = (ActiveTunnel) flow.tunnel;
    boolean bothHeard = tunnel.hear(packet.isFromOriginator());
    if (kind != Tunnel.TEREDO || bothHeard) { // its first bytes say little
      flow.services = flow.services.union(services(kind));
    }
    if (tunnels.isEmpty() || tunnels.isOpaque()) {
      return false;
    }
    if (depth == tunnelDepthMax) {
      flow.noteLimit();
    }
    return enter(kind, tunnel, segment, depth);
  }

  private boolean enterIpTunnel(Tunnel kind, MemorySegment segment, int depth) {
    return enter(kind, ipTunnels.of(segment, headers, kind.zeekName(), clockNs), segment, depth);
  }

  /** Notes what {@link #tunnels} found odd, of the flow that carries it where Zeek does. */
  private void noteTunnel(MemorySegment segment, @Nullable Flow flow, int depth) {
    TunnelWeird weird = tunnels.weird();
    if (weird == null) {
      return;
    }
    if (flow == null || !weird.isOfFlow()) {
      noteTunnel(weird, tunnels.weirdDetail(), segment, depth);
    } else if (!weird.needsConfirmation() || TunnelServices.TEREDO.isIn(flow.services)) {
      dispatcher
          .weirds()
          .ofFlow(flow, weird.name(/* inTunnel= */ false), tunnels.weirdDetail(), weird.source());
    }
  }

  private void noteTunnel(TunnelWeird weird, String detail, MemorySegment segment, int depth) {
    PacketWeirds.note(
        dispatcher.weirds(), weird.name(depth > 0), detail, weird.source(), segment, headers);
  }

  /** Goes into a tunnel, unless too many are in one another. */
  private boolean enter(Tunnel kind, ActiveTunnel tunnel, MemorySegment segment, int depth) {
    path.enter(tunnel);
    if (depth == tunnelDepthMax) {
      noteTunnel(TunnelWeird.depth(kind), "", segment, depth);
      return false;
    }
    // Who mirrors whole frames may have cut them; other tunnels carry a packet as it is.
    boolean mayBeCut = tunnels.linkType() == LinkType.ETHERNET;
    innerWireEnd = mayBeCut ? PacketCheck.END_UNKNOWN : headers.ipEnd();
    return true;
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
    tracker.close();
    files.close();
    sink.close();
    defragmenter.close();
  }
}
