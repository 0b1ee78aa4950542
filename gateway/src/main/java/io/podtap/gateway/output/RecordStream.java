/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.FrameQueue;
import io.podtap.core.pcap.PcapWriter;
import java.nio.channels.SocketChannel;

/** One reader of pcap over TCP: classic pcap, Ethernet, times in nanoseconds. */
final class RecordStream extends ReaderStream implements FrameHandler {

  private final OutputLedger ledger;
  private final PcapWriter writer;
  private final EthernetFrames ethernet = new EthernetFrames();

  /** Frames of the present batch, which count when all of it has left. */
  private long frames;

  private long bytes;

  /** Takes over {@code channel}; nothing is sent before the first {@link #write}. */
  RecordStream(SocketChannel channel, OutputLedger ledger) {
    super(channel, ledger);
    this.ledger = ledger;
    writer = new PcapWriter(channel, LinkType.ETHERNET);
  }

  @Override
  public int write(FrameQueue queue) {
    return queue.poll(this);
  }

  @Override
  public void onFrame(Frame frame) {
    Frame whole = ethernet.of(frame);
    if (whole == null) {
      ledger.fail(OutputFailure.LINK_TYPE, 1);
      return;
    }
    frames++;
    bytes += frame.length();
    use(() ->
        writer.write(
            whole.segment(),
            whole.offset(),
            whole.length(),
            whole.originalLength(),
            whole.timestampNs()));
  }

  @Override
  public void onBatchEnd() {
    use(writer::flush);
    count(frames, bytes);
    frames = 0;
    bytes = 0;
  }

  /** Lets a new reader have the file header at once, and notices one that has gone. */
  @Override
  public void maintain(long nowNs) {
    use(writer::flush);
  }
}
