package io.podtap.gateway.output;

import io.podtap.core.pcap.FrameQueue;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One reader of pcapng over TCP. */
final class BlockStream implements FrameWriter {

  private final SocketChannel channel;
  private final Senders senders;
  private final OutputLedger ledger;
  private final BlockRun run = new BlockRun();
  private @Nullable BlockWriter blocks;
  private volatile boolean lost;

  /** Takes over {@code channel}. */
  BlockStream(SocketChannel channel, Senders senders, OutputLedger ledger) {
    this.channel = channel;
    this.senders = senders;
    this.ledger = ledger;
  }

  @Override
  public int write(FrameQueue queue) {
    int frames = run.next(queue);
    if (frames <= 0) {
      return frames;
    }
    try {
      if (!lost) {
        begun().write(queue.blocks(), run.from(), run.to());
      }
    } catch (IOException e) {
      lost = true;
    }
    if (lost) {
      ledger.fail(OutputFailure.CONNECTION_LOST, run.frames());
    } else {
      ledger.write(run.frames(), run.frameBytes());
    }
    queue.blocks().release(run.to());
    return frames;
  }

  private BlockWriter begun() throws IOException {
    BlockWriter present = blocks;
    if (present == null) {
      present = new BlockWriter(channel, senders);
      blocks = present;
    }
    return present;
  }

  /** Lets a new reader have the section header at once. */
  @Override
  public void maintain(long nowNs) {
    try {
      if (!lost) {
        begun();
      }
    } catch (IOException e) {
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
