/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Endpoint;
import io.podtap.core.pcap.BlockQueue;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One sensor's stream as the hot thread sees it: a place for each block, and counts. Never waits,
 * never allocates. The connection is the business of a {@link StreamSender}, on its own thread.
 */
public final class SensorStream implements SensorLink {

  /** {@link #reserve} has no place. */
  public static final long NO_PLACE = -1;

  /** Blocks are shown to the sender in portions: it begins before a batch is over. */
  private static final int PORTION_BYTES = 128 << 10;

  /** How long flows wait for a connection that broke, before they go elsewhere. */
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

  private final Endpoint sensor;
  private final Arena arena = Arena.ofShared();
  private final BlockQueue queue;
  private final Watch watch = new Watch();
  private final StreamSender sender;
  private final Thread thread;
  private long packetsAccepted;
  private long bytesAccepted;
  private boolean closing;
  private boolean released;

  private SensorStream(
      Endpoint sensor,
      StreamSettings settings,
      EngineSource engines,
      StreamText text,
      Consumer<String> log) {
    this.sensor = sensor;
    queue = new BlockQueue(arena, settings.queueBytes());
    sender = new StreamSender(sensor, queue, settings, engines, text, watch, log);
    thread = Threads.restartable("stream", sender);
  }

  /**
   * Begins to connect; whether that works shows later.
   *
   * @param log takes a line when it works, and when it does not; called by the stream's thread
   */
  public static SensorStream open(
      Endpoint sensor,
      StreamSettings settings,
      EngineSource engines,
      StreamText text,
      Consumer<String> log) {
    SensorStream stream = new SensorStream(sensor, settings, engines, text, log);
    stream.thread.start();
    return stream;
  }

  /**
   * Makes a stream that leads nowhere and keeps nothing, for code that is to run without packets.
   */
  public static SensorStream nowhere(Endpoint sensor, StreamSettings settings) {
    return new SensorStream(
        sensor,
        settings,
        one -> {
          throw new IllegalStateException("never connects");
        },
        new StreamText() {
          @Override
          public byte[] beginning() {
            return new byte[0];
          }

          @Override
          public byte[] statistics(Moment moment, long packetsSent) {
            return new byte[0];
          }
        },
        line -> {});
  }

  /** Throws away what is in the queue of a stream that leads {@link #nowhere}. */
  public void discard() {
    queue.publish();
    queue.release(queue.tail());
  }

  /** Returns the memory that {@link #reserve} gives places in. */
  public MemorySegment memory() {
    return queue.memory();
  }

  /** Returns the longest block that there can be a place for. */
  public int blockBytesMax() {
    return queue.blockBytesMax();
  }

  /**
   * Gives the block of one packet its place. The caller writes it before it calls this object
   * again.
   *
   * @param blockBytes of the whole block, a multiple of four
   * @param packetBytes of the packet in it
   * @return where in {@link #memory}, or {@link #NO_PLACE}
   */
  public long reserve(int blockBytes, int packetBytes) {
    if (queue.unpublished() >= PORTION_BYTES) {
      publish();
    }
    long at = queue.reserve(blockBytes);
    if (at != BlockQueue.FULL) {
      packetsAccepted++;
      bytesAccepted += packetBytes;
      return at;
    }
    return NO_PLACE;
  }

  /** Lets everything leave that was written so far. */
  public void publish() {
    if (queue.unpublished() > 0) {
      queue.publish();
      watch.written(queue.tail());
    }
  }

  @Override
  public Endpoint sensor() {
    return sensor;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public long packetsSent() {
    return sender.packetsSent();
  }

  @Override
  public void giveUp(FailureCounters failures) {
    long packets = packetsAccepted - sender.packetsSent();
    long bytes = bytesAccepted - sender.bytesSent();
    packetsAccepted -= packets;
    bytesAccepted -= bytes;
    failures.add(FailureCause.GIVEN_UP, packets, bytes);
  }

  @Override
  public long calls() {
    return sender.calls();
  }

  /** Returns packets that got a place and were not given up. The hot thread. */
  public long packetsAccepted() {
    return packetsAccepted;
  }

  /** Returns bytes of those packets. The hot thread. */
  public long bytesAccepted() {
    return bytesAccepted;
  }

  @Override
  public long bytesSent() {
    return sender.bytesSent();
  }

  /** Returns bytes of TLS records sent, handshakes left out. */
  public long recordBytesSent() {
    return sender.recordBytesSent();
  }

  /** Returns how many connections there have been. */
  public long connections() {
    return sender.connections();
  }

  /** Returns whether there is a connection now. */
  public boolean isConnected() {
    return sender.isConnected();
  }

  /** Returns why there is no connection, or why the last one broke; empty when all is well. */
  public String problem() {
    return sender.problem();
  }

  @Override
  public boolean isUsable() {
    return sender.isConnected() || System.nanoTime() - sender.disconnectedNs() < PATIENCE_NS;
  }

  @Override
  public void refresh() {
    // the connection looks after itself
  }

  /** Lets the sender send what it has, say goodbye and end, within the time it is given. */
  @Override
  public void close() {
    if (!closing) {
      closing = true;
      publish();
      sender.finish();
    }
  }

  /** Waits until the stream has ended, once it is closed. */
  public boolean awaitEnd(long timeoutMs) {
    try {
      thread.join(Math.max(timeoutMs, 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return isSettled();
  }

  @Override
  public boolean isSettled() {
    if (!closing || thread.isAlive()) {
      return false;
    }
    if (!released) {
      released = true;
      watch.close();
      arena.close();
    }
    return true;
  }
}
