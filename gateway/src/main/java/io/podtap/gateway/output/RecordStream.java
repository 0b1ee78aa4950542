package io.podtap.gateway.output;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.FrameQueue;
import io.podtap.core.pcap.PcapWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;

/** One reader of pcap over TCP: classic pcap, Ethernet, times in nanoseconds. */
final class RecordStream implements FrameWriter, FrameHandler {

  private final SocketChannel channel;
  private final OutputLedger ledger;
  private final PcapWriter writer;
  private final EthernetFrames ethernet = new EthernetFrames();

  /** Frames of the present batch, which count when all of it has left. */
  private long frames;

  private long bytes;
  private volatile boolean lost;

  /** Takes over {@code channel}; nothing is sent before the first {@link #write}. */
  RecordStream(SocketChannel channel, OutputLedger ledger) {
    this.channel = channel;
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
    if (lost) {
      return;
    }
    try {
      writer.write(
          whole.segment(),
          whole.offset(),
          whole.length(),
          whole.originalLength(),
          whole.timestampNs());
    } catch (UncheckedIOException e) {
      lost = true;
    }
  }

  @Override
  public void onBatchEnd() {
    try {
      if (!lost) {
        writer.flush();
      }
    } catch (UncheckedIOException e) {
      lost = true;
    }
    if (lost) {
      ledger.fail(OutputFailure.CONNECTION_LOST, frames);
    } else {
      ledger.write(frames, bytes);
    }
    frames = 0;
    bytes = 0;
  }

  /** Lets a new reader have the file header at once, and notices one that has gone. */
  @Override
  public void maintain(long nowNs) {
    try {
      if (!lost) {
        writer.flush();
      }
    } catch (UncheckedIOException e) {
      lost = true;
    }
  }

  @Override
  public boolean isOver() {
    return lost;
  }

  @Override
  public void interrupt() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }

  @Override
  public void close() {
    interrupt();
  }
}
