/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.pcap.FrameQueue;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One reader of pcapng over TCP. */
final class BlockStream extends ReaderStream {

  private final SocketChannel channel;
  private final Senders senders;
  private final BlockRun run = new BlockRun();
  private @Nullable BlockWriter blocks;

  /** Takes over {@code channel}. */
  BlockStream(SocketChannel channel, Senders senders, OutputLedger ledger) {
    super(channel, ledger);
    this.channel = channel;
    this.senders = senders;
  }

  @Override
  public int write(FrameQueue queue) {
    int frames = run.next(queue);
    if (frames <= 0) {
      return frames;
    }
    use(() -> begun().write(queue.blocks(), run.from(), run.to()));
    count(run.frames(), run.frameBytes());
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
    use(this::begun);
  }
}
