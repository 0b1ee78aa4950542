/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.agent.Threads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pipe that may be silent for long. A thread of its own waits for the writer, so that whoever
 * reads here is called back meanwhile, and gets the end of the stream when told to stop. Bytes pass
 * through a short queue of copies. {@link #stop} and {@link #silenceNs} are for any thread.
 */
final class LivePipe implements ReadableByteChannel {

  /** Opens the pipe, which for a named one waits for a writer. */
  @FunctionalInterface
  interface Opener {

    /** Returns the pipe, to be closed by the caller. */
    ReadableByteChannel open() throws IOException;
  }

  private static final int CHUNK_BYTES = 64 << 10;
  private static final int CHUNKS_MAX = 16;
  private static final byte[] END = {};

  private final Opener opener;
  private final Runnable onTick;
  private final long tickNs;
  private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_MAX);
  private final Thread thread;
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private boolean ended;
  private long nextTickNs;
  private volatile boolean stopping;
  private volatile long heardNs = System.nanoTime();
  private volatile @Nullable IOException failure;

  /**
   * @param onTick called by the reading thread while it waits or reads, once in {@code tickNs}
   */
  LivePipe(Opener opener, Runnable onTick, long tickNs) {
    this.opener = opener;
    this.onTick = onTick;
    this.tickNs = tickNs;
    thread = Threads.start("pipe", this::pump);
  }

  private void pump() {
    try (ReadableByteChannel pipe = opener.open()) {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      while (pipe.read(chunk.clear()) >= 0) {
        if (chunk.position() > 0) {
          chunks.put(Arrays.copyOf(chunk.array(), chunk.position()));
        }
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is closed
    }
    end();
  }

  private void end() {
    try {
      chunks.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    while (!rest.hasRemaining()) {
      if (stopping || ended) {
        return -1;
      }
      tickWhenDue();
      byte[] chunk = next();
      if (chunk != null && chunk.length == 0) { // the end
        ended = true;
        IOException problem = failure;
        if (problem != null) {
          throw problem;
        }
      } else if (chunk != null) {
        heardNs = System.nanoTime();
        rest = ByteBuffer.wrap(chunk);
      }
    }
    int count = Math.min(rest.remaining(), target.remaining());
    target.put(rest.slice(rest.position(), count));
    rest.position(rest.position() + count);
    return count;
  }

  private void tickWhenDue() {
    long nowNs = System.nanoTime();
    if (nowNs - nextTickNs >= 0) {
      nextTickNs = nowNs + tickNs;
      onTick.run();
    }
  }

  private byte @Nullable [] next() {
    try {
      return chunks.poll(tickNs, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return END;
    }
  }

  /** Returns for how long nothing has come. */
  long silenceNs() {
    return chunks.isEmpty() ? System.nanoTime() - heardNs : 0;
  }

  /** Lets the next read say that the stream is over. */
  void stop() {
    stopping = true;
  }

  @Override
  public boolean isOpen() {
    return !stopping;
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt(); // which closes a pipe that waits
  }
}
