/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.agent.Backoff;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.pcap.BlockQueue;
import io.podtap.core.pcap.PacketBlock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes blocks from the queue to the sensor, in order:
 *
 * <ol>
 *   <li>warm the cipher up, once in a process; connect and shake hands, again and again, with
 *       growing pauses, until it works
 *   <li>section header, interfaces, statistics
 *   <li>blocks from the queue, as many in a record as there are and fit; statistics now and then
 *       between two blocks
 *   <li>what the kernel has taken leaves the queue and counts as sent; the rest stays for the next
 *       connection, which begins with the first block that did not leave as a whole
 *   <li>at the end: what the queue still has, statistics, close_notify
 * </ol>
 *
 * <p>A thread of its own; the accessors are for any.
 */
final class StreamSender implements Runnable {

  /** Wakes, on both sides, cost as much as records: under load, so much leaves together. */
  private static final int GATHER_BYTES_MAX = 1 << 20;

  /** For so long a packet waits for others at most; one that comes after silence does not. */
  private static final int GATHER_MS = 8;

  private static final long PAUSE_MS_MAX = 5_000;
  private static final long IDLE_MS = 1_000;

  /** A connection that lasted so long was a good one: the next attempt comes at once. */
  private static final long PROVEN_NS = TimeUnit.SECONDS.toNanos(10);

  private final Endpoint sensor;
  private final BlockQueue queue;
  private final StreamSettings settings;
  private final EngineSource engines;
  private final StreamText text;
  private final Watch watch;
  private final StreamNews news;
  private final Backoff backoff;
  private final int gatherBytes;

  // Written by this thread alone, but for the first two.
  private volatile boolean finishing;
  private volatile long finishNs;
  private volatile boolean connected;
  private volatile long disconnectedNs = System.nanoTime();
  private volatile String problem = "not connected yet";
  private volatile long packetsSent;
  private volatile long bytesSent;
  private volatile long recordBytesSent;
  private volatile long calls;
  private volatile long connections;

  /** The number of the present connection. */
  private long made;

  /** What the kernel has taken as a whole: where the first block begins that it has not. */
  private long done;

  private long nextStatisticsNs;

  StreamSender(
      Endpoint sensor,
      BlockQueue queue,
      StreamSettings settings,
      EngineSource engines,
      StreamText text,
      Watch watch,
      Consumer<String> log) {
    this.sensor = sensor;
    this.queue = queue;
    this.settings = settings;
    this.engines = engines;
    this.text = text;
    this.watch = watch;
    news = new StreamNews(sensor, log);
    gatherBytes = Math.min(GATHER_BYTES_MAX, settings.queueBytes() / 4);
    backoff = new Backoff(System.nanoTime() ^ sensor.hashCode());
  }

  @Override
  public void run() {
    try {
      engines.prepare(() -> finishing);
      while (!connectAndSend()) {
        if (isOver() || (finishing && queue.isEmpty())) {
          return;
        }
      }
    } catch (RuntimeException e) { // our mistake: the thread is started again
      problem = "failed: " + e;
      throw e;
    } finally {
      connected = false;
    }
  }

  /** Returns whether all is sent and the stream has ended as it should. */
  private boolean connectAndSend() {
    long begin = System.nanoTime();
    try (TlsConnection connection =
        TlsConnection.open(sensor, engines, watch, timeLeft(settings.connectNs()))) {
      begin = System.nanoTime();
      connections = ++made;
      problem = "";
      connected = true;
      news.connected();
      send(connection);
      return true;
    } catch (IOException | LinuxException | SettingsException e) {
      problem = describe(e);
      news.problem(problem);
    } finally {
      if (connected) {
        connected = false;
        disconnectedNs = System.nanoTime();
      }
    }
    if (System.nanoTime() - begin > PROVEN_NS) {
      backoff.reset();
    }
    pause(backoff.nextMs(PAUSE_MS_MAX, 0));
    return false;
  }

  private static String describe(Exception e) {
    String message = String.valueOf(e.getMessage());
    Throwable cause = e.getCause();
    return cause == null || message.contains(String.valueOf(cause.getMessage()))
        ? message
        : message + ": " + cause.getMessage();
  }

  /** Waits for the time of the next attempt, or for the end. */
  private void pause(long milliseconds) {
    long until = System.nanoTime() + timeLeft(TimeUnit.MILLISECONDS.toNanos(milliseconds));
    boolean wasFinishing = finishing;
    for (long left = until - System.nanoTime();
        left > 0 && finishing == wasFinishing;
        left = until - System.nanoTime()) {
      watch.await(left / 1_000_000L + 1, false);
    }
  }

  private long timeLeft(long wanted) {
    return finishing ? Math.max(Math.min(wanted, finishNs - System.nanoTime()), 1) : wanted;
  }

  private boolean isOver() {
    return finishing && System.nanoTime() >= finishNs;
  }

  private void send(TlsConnection connection) throws IOException {
    Connection now = new Connection(connection);
    try {
      nextStatisticsNs = System.nanoTime() + settings.statisticsNs();
      now.say(text.beginning(), text.statistics(StreamText.Moment.CONNECTED, packetsSent));
      while (!(finishing && now.isDone())) {
        now.step();
      }
      now.say(text.statistics(StreamText.Moment.STOPPING, packetsSent));
      connection.finish(System.nanoTime() + timeLeft(settings.connectNs()));
    } finally {
      now.settle();
    }
  }

  /** One connection's way through the queue. */
  private final class Connection {
    private final TlsConnection tls;
    private final MadeRecords records = new MadeRecords();
    private long countedBytes;
    private long countedCalls;

    /** What records hold up to, and where the first block begins that none holds as a whole. */
    private long position = done;

    private long boundary = done;

    // Packets and their bytes before the boundary.
    private long packets = packetsSent;
    private long packetBytes = bytesSent;

    private @Nullable ByteBuffer said;
    private long progressNs = System.nanoTime();
    private boolean underLoad;

    Connection(TlsConnection tls) {
      this.tls = tls;
      countedBytes = tls.bytesSent();
      countedCalls = tls.calls();
    }

    /** Sends what is not from the queue; only between two blocks. */
    void say(byte[]... blocks) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] block : blocks) {
        all.writeBytes(block);
      }
      said = ByteBuffer.wrap(all.toByteArray());
      while (said != null) {
        step();
      }
    }

    boolean isDone() {
      return tls.unsent() == 0 && said == null && queue.isEmpty();
    }

    void step() throws IOException {
      fill();
      int count = tls.write();
      if (count > 0) {
        progressNs = System.nanoTime();
        settle();
      }
      long now = System.nanoTime();
      if (tls.unsent() > 0) {
        if (now - progressNs > settings.stallNs() || isOver()) {
          throw new SocketTimeoutException("the sensor no longer reads");
        }
        tls.await(Math.min(IDLE_MS, Math.max(timeLeft(settings.stallNs()) / 1_000_000L, 1)));
      } else if (!finishing && said == null && !queue.isPublished(position + 1)) {
        rest();
        progressNs = System.nanoTime();
      }
      tls.read();
    }

    /**
     * Under load, waits a moment for more, so that it is woken and writes seldom; then, if nothing
     * has come, until something comes. Without load that moment would be one more wake.
     */
    private void rest() {
      if (underLoad) {
        await(gatherBytes, GATHER_MS);
      }
      if (!queue.isPublished(position + 1)) {
        long begin = System.nanoTime();
        await(1, Math.min((nextStatisticsNs - begin) / 1_000_000L, IDLE_MS));
        underLoad = System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(GATHER_MS);
      }
    }

    private void await(int bytes, long timeoutMs) {
      if (timeoutMs > 0 && !finishing) {
        watch.awaitWritten(queue, position + bytes, timeoutMs);
      }
    }

    private void fill() throws IOException {
      while (tls.hasRoom() && records.hasRoom()) {
        boolean isStatisticsTime = System.nanoTime() >= nextStatisticsNs;
        if (isStatisticsTime && said == null && position == boundary) {
          nextStatisticsNs = System.nanoTime() + settings.statisticsNs();
          said = ByteBuffer.wrap(text.statistics(StreamText.Moment.RUNNING, packets));
        }
        ByteBuffer present = said;
        if (present != null) {
          tls.wrap(present);
          said = present.hasRemaining() ? present : null;
        } else {
          int length = nextLength(isStatisticsTime);
          if (length == 0) {
            return;
          }
          position += tls.wrap(queue.view(position, length));
          count();
        }
        records.add(tls.bytesSent() + tls.unsent(), boundary, packets, packetBytes);
      }
    }

    /**
     * Returns how many bytes to offer for the next record.
     *
     * @param toBoundary whether no further than to the end of a block that records hold a part of
     */
    private int nextLength(boolean toBoundary) {
      if (position == boundary) {
        boundary = queue.next(boundary);
        position = boundary;
      }
      long end = toBoundary ? queue.blockEnd(boundary) : queue.runEnd(position);
      return (int) Math.min(end - position, TlsConnection.RECORD_BYTES_MAX);
    }

    /** Counts the blocks that the last record has made whole. */
    private void count() {
      while (boundary < position) {
        long end = queue.blockEnd(boundary);
        if (end > position) {
          return;
        }
        packets++;
        packetBytes += PacketBlock.capturedLength(queue.memory(), queue.at(boundary));
        boundary = end;
      }
    }

    /** Takes off the queue what the kernel has taken, and counts it. */
    void settle() {
      if (records.advance(tls.bytesSent())) {
        done = records.position();
        queue.release(done);
        packetsSent = records.packets();
        bytesSent = records.packetBytes();
        recordBytesSent = recordBytesSent + tls.bytesSent() - countedBytes;
        calls = calls + tls.calls() - countedCalls;
        countedBytes = tls.bytesSent();
        countedCalls = tls.calls();
      }
    }
  }

  /** Lets the sender end once the queue is empty, or its time is up. */
  void finish() {
    finishNs = System.nanoTime() + settings.drainNs();
    finishing = true;
    watch.wakeUp();
  }

  long packetsSent() {
    return packetsSent;
  }

  long bytesSent() {
    return bytesSent;
  }

  long recordBytesSent() {
    return recordBytesSent;
  }

  long calls() {
    return calls;
  }

  long connections() {
    return connections;
  }

  boolean isConnected() {
    return connected;
  }

  /** Returns when there was a connection last, on the clock of {@link System#nanoTime}. */
  long disconnectedNs() {
    return disconnectedNs;
  }

  String problem() {
    return problem;
  }
}
