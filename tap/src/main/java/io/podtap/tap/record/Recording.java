/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.record;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapngWriter;
import io.podtap.core.report.Counters;
import io.podtap.tap.PacketPlaces;
import io.podtap.tap.PacketWriter;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.SocketOutput;
import io.podtap.tap.source.LiveSource;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.source.TapSource;
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
public final class Recording implements FrameHandler, PacketPlaces, AutoCloseable {

  private static final int FRAME_BYTES_MAX = SegmentSettings.SNAPLEN_MAX;
  private static final int AWAIT_MS = 100;
  private static final long MAINTENANCE_NS = 250_000_000L;
  private static final long DRAIN_NS = 300_000_000L;

  private final Arena arena = Arena.ofConfined();
  private final Headers headers = new Headers();
  private final LinkHeader link;
  private final PacketWriter writer;
  private final TapSource source;
  private final RecordingFile file;
  private volatile boolean stopping;

  // The present frame.
  private int interfaceIndex;
  private long timestampNs;
  private boolean outgoing;

  private long nextMaintenanceNs;
  private long packets;
  private long failed;

  /** Takes over source and file. */
  Recording(TapSource source, String filter, SegmentSettings settings, RecordingFile file) {
    this.source = source;
    this.file = file;
    link = new LinkHeader(0);
    writer =
        new PacketWriter(link, new Segmenter(arena, settings, new Counters<>(SegmentEvent.class)));
    file.block(PcapngWriter.section("podtap", ""));
    for (InterfaceLedger ledger : source.ledgers()) {
      file.block(
          PcapngWriter.description(
              new PcapngWriter.Interface(
                  ledger.name(), "", filter, LinkType.ETHERNET, settings.snaplen())));
    }
  }

  /**
   * Opens interfaces, which {@link #run} must read on the calling thread.
   *
   * @param file taken over
   * @throws SettingsException when interface or filter cannot be, or a privilege is missing
   */
  static Recording open(SourceSettings.Live settings, SegmentSettings segment, RecordingFile file) {
    try {
      return new Recording(
          LiveSource.open(settings, LoopGuard.byMark(SocketOutput.MARK, List.of())),
          settings.filter(),
          segment,
          file);
    } catch (LinuxException e) {
      file.close();
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Writes until {@link #stop}, or until the source ends.
   *
   * @throws UncheckedIOException when the file takes no more
   */
  void run() {
    file.flush(); // the header: readers wait for it
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
    interfaceIndex = frame.interfaceIndex();
    timestampNs = frame.timestampNs();
    outgoing = frame.isOutgoing();
    packets += writer.write(frame, headers, FRAME_BYTES_MAX, Integer.MAX_VALUE, this);
  }

  @Override
  public MemorySegment buffer() {
    return file.buffer();
  }

  @Override
  public long place(int length, int originalLength, boolean whole) {
    return file.packet(interfaceIndex, timestampNs, length, originalLength, outgoing);
  }

  @Override
  public void onBatchEnd() {
    file.flush();
  }

  /** Writes what the interfaces counted into the file, and returns it in one line. */
  String finish() {
    source.readStatistics();
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    long seen = 0;
    long dropped = 0;
    long filtered = 0;
    List<InterfaceLedger> ledgers = source.ledgers();
    for (int i = 0; i < ledgers.size(); i++) {
      InterfaceLedger ledger = ledgers.get(i);
      seen += ledger.seen();
      dropped += ledger.droppedByKernel();
      filtered += ledger.filtered();
      file.block(
          PcapngWriter.statistics(
              new PcapngWriter.Statistics(
                  i,
                  nowNs,
                  ledger.seen(),
                  ledger.droppedByKernel(),
                  ledger.seen() - ledger.filtered(),
                  ledger.delivered(),
                  "")));
    }
    file.flush();
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
    file.close();
  }
}
