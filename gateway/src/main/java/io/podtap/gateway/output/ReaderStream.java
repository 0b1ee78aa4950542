/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;

/**
 * One reader over TCP. A connection that breaks is over: what comes for it later is only counted.
 */
abstract class ReaderStream implements FrameWriter {

  private final SocketChannel channel;
  private final OutputLedger ledger;
  private volatile boolean lost;

  /** What uses the connection. */
  interface Use {
    void run() throws IOException;
  }

  /** Takes over {@code channel}. */
  ReaderStream(SocketChannel channel, OutputLedger ledger) {
    this.channel = channel;
    this.ledger = ledger;
  }

  /** Does what needs the connection, if it still stands. */
  final void use(Use use) {
    if (lost) {
      return;
    }
    try {
      use.run();
    } catch (IOException | UncheckedIOException e) {
      lost = true;
    }
  }

  /** Counts frames that have been through {@link #use}. */
  final void count(long frames, long bytes) {
    if (lost) {
      ledger.fail(OutputFailure.CONNECTION_LOST, frames);
    } else {
      ledger.write(frames, bytes);
    }
  }

  @Override
  public final boolean isOver() {
    return lost;
  }

  @Override
  public final void interrupt() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }

  @Override
  public final void close() {
    interrupt();
  }
}
