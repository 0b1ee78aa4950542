package io.podtap.tap;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapWriter;
import io.podtap.core.report.Counters;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.segment.Segmenter;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tap without a sensor: frames go into a capture file.
 *
 * <ol>
 *   <li>capture: as for a sensor, tunnels of taps left out
 *   <li>segment: super-frames become the packets that the wire has, with their checksums
 *   <li>write: at the end of a ring block everything has left
 * </ol>
 *
 * <p>A reader that is slow makes the ring overflow, which is counted. One thread; no allocation per
 * packet.
 */
final class Recording implements FrameHandler, AutoCloseable {

  private static final int FRAME_BYTES_MAX = SegmentSettings.SNAPLEN_MAX;
  private static final int AWAIT_MS = 100;
  private static final long MAINTENANCE_NS = 250_000_000L;
  private static final long DRAIN_NS = 300_000_000L;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment packet = arena.allocate(FRAME_BYTES_MAX, 8);
  private final Headers headers = new Headers();
  private final LinkHeader link;
  private final Segmenter segmenter;
  private final TapSource source;
  private final PcapWriter writer;
  private volatile boolean stopping;
  private long nextMaintenanceNs;
  private long packets;
  private long failed;

  Recording(TapSource source, SegmentSettings settings, int tapId, PcapWriter writer) {
    this.source = source;
    this.writer = writer;
    link = new LinkHeader(tapId);
    segmenter = new Segmenter(arena, settings, new Counters<>(SegmentEvent.class));
  }

  /**
   * Opens interfaces, which {@link #run} must read on the calling thread.
   *
   * @param writer taken over
   * @throws SettingsException when interface or filter cannot be, or a privilege is missing
   */
  static Recording open(
      SourceSettings.Live settings, SegmentSettings segment, int tapId, PcapWriter writer) {
    try {
      return new Recording(
          LiveSource.open(settings, LoopGuard.byMark(TapLauncher.MARK, List.of())),
          segment,
          tapId,
          writer);
    } catch (LinuxException e) {
      writer.close();
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Writes until {@link #stop}, or until the source ends.
   *
   * @throws UncheckedIOException when the file takes no more
   */
  void run() {
    writer.flush(); // the file's header: readers wait for it
    while (!stopping) {
      int frames = source.poll(this);
      if (frames == FrameSource.END) {
        return;
      }
      maintain(System.nanoTime());
      if (frames == 0) {
        source.await(AWAIT_MS);
      }
    }
    source.stop();
    drain();
  }

  private void maintain(long nowNs) {
    if (nowNs - nextMaintenanceNs >= 0) {
      nextMaintenanceNs = nowNs + MAINTENANCE_NS;
      source.maintain();
    }
  }

  private void drain() {
    long deadline = System.nanoTime() + DRAIN_NS;
    int frames = 0;
    while (frames != FrameSource.END && System.nanoTime() < deadline) {
      frames = source.poll(this);
      if (frames == 0) {
        source.await(1);
      }
    }
  }

  /** Ends {@link #run}; what stands in the ring is still written. Any thread. */
  void stop() {
    stopping = true;
    source.interrupt();
  }

  @Override
  public void onFrame(Frame frame) {
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    if (!link.locate(frame, headers)) {
      failed++;
      return;
    }
    int linkBytes = link.length();
    int count = segmenter.plan(frame, headers, link.packetOffset(), linkBytes, FRAME_BYTES_MAX);
    int uncaptured = frame.originalLength() - frame.length();
    link.write(packet, 0);
    for (int i = 0; i < count; i++) {
      int original = linkBytes + segmenter.originalLength(i) + (i == count - 1 ? uncaptured : 0);
      segmenter.write(i, packet, linkBytes);
      writer.write(packet, 0, linkBytes + segmenter.length(i), original, frame.timestampNs());
    }
    packets += count;
  }

  @Override
  public void onBatchEnd() {
    writer.flush();
  }

  /** Returns what was seen and what became of it, in one line. */
  String summary() {
    source.readStatistics();
    long seen = 0;
    long dropped = 0;
    long filtered = 0;
    for (InterfaceLedger ledger : source.ledgers()) {
      seen += ledger.seen();
      dropped += ledger.droppedByKernel();
      filtered += ledger.filtered();
    }
    return "podtap: seen "
        + seen
        + " = filtered "
        + filtered
        + " + dropped "
        + dropped
        + " + delivered "
        + (seen - filtered - dropped)
        + "; packets written "
        + packets
        + ", frames failed "
        + failed;
  }

  @Override
  public void close() {
    source.close();
    arena.close();
    writer.close();
  }

  /** Returns the link type of what is written: other link layers get Ethernet headers. */
  static int linkType() {
    return LinkType.ETHERNET;
  }
}
