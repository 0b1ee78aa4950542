/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Pcap over TCP: whoever connects gets a capture that begins then. Each reader has its own queue; a
 * slow one misses frames and holds back nobody. What nobody reads is counted as such.
 */
final class ServerOutput implements Output {

  static final int READERS_MAX = 8;

  /** A reader that does not take a batch, which is 128 KiB at most, within that has gone. */
  static final long STALL_NS = TimeUnit.SECONDS.toNanos(30);

  /** Where all places are taken, one that has taken nothing for so long makes room. */
  static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final OutputSettings.Server settings;
  private final Senders senders;
  private final int queueBytes;
  private final OutputLedger ledger = new OutputLedger();
  private final ServerSocketChannel server;
  private final Queue<SocketChannel> arrived = new ConcurrentLinkedQueue<>();
  private final List<QueuedOutput> readers = new ArrayList<>();

  /** Readers that have gone, or must: what waits for them is counted by their threads. */
  private final List<QueuedOutput> leaving = new ArrayList<>();

  private volatile int readerCount;
  private boolean stopping;

  private ServerOutput(
      OutputSettings.Server settings, Senders senders, int queueBytes, ServerSocketChannel server) {
    this.settings = settings;
    this.senders = senders;
    this.queueBytes = queueBytes;
    this.server = server;
  }

  /**
   * Begins to listen.
   *
   * @throws SettingsException when the address cannot be had
   */
  static ServerOutput open(OutputSettings.Server settings, Senders senders, int queueBytes) {
    Endpoint endpoint = settings.endpoint();
    try {
      ServerSocketChannel server = ServerSocketChannel.open();
      try {
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(endpoint.toSocketAddress());
      } catch (IOException e) {
        server.close();
        throw e;
      }
      ServerOutput output = new ServerOutput(settings, senders, queueBytes, server);
      Threads.start(settings.name(), output::accept);
      return output;
    } catch (IOException e) {
      throw new SettingsException(
          "output '" + settings.name() + "' cannot listen: " + e.getMessage(), e);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        arrived.add(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NS); // out of descriptors, say
      }
    }
  }

  @Override
  public void offer(Frame frame, int sender) {
    if (readers.isEmpty()) {
      ledger.offer(1);
      ledger.fail(OutputFailure.NOBODY_CONNECTED, 1);
      return;
    }
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).offer(frame, sender);
    }
  }

  @Override
  public void publish() {
    boolean gone = false;
    for (int i = 0; i < readers.size(); i++) {
      QueuedOutput reader = readers.get(i);
      reader.publish();
      gone |= reader.isOver() || reader.writingNs() > STALL_NS;
    }
    if (gone || !arrived.isEmpty() || !leaving.isEmpty()) {
      change();
    }
  }

  private void change() {
    for (QueuedOutput reader : List.copyOf(readers)) {
      if (reader.isOver() || reader.writingNs() > STALL_NS) {
        leave(reader);
      }
    }
    for (QueuedOutput reader : List.copyOf(leaving)) {
      if (reader.isEnded()) {
        reader.close();
        leaving.remove(reader);
      }
    }
    for (SocketChannel one = arrived.poll(); one != null; one = arrived.poll()) {
      welcome(one);
    }
    readerCount = readers.size();
  }

  private void leave(QueuedOutput reader) {
    reader.interrupt();
    reader.stop();
    readers.remove(reader);
    leaving.add(reader);
  }

  /**
   * Returns whether there is a place, which whoever has stood still for longest may have to give.
   */
  private boolean hasPlace() {
    if (readers.size() < READERS_MAX) {
      return true;
    }
    QueuedOutput stillest =
        Collections.max(readers, Comparator.comparingLong(QueuedOutput::writingNs));
    if (stillest.writingNs() < GRACE_NS) {
      return false;
    }
    leave(stillest);
    return true;
  }

  private void welcome(SocketChannel channel) {
    try {
      if (stopping || !hasPlace()) {
        channel.close();
        return;
      }
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      FrameWriter stream =
          settings.pcapng()
              ? new BlockStream(channel, senders, ledger)
              : new RecordStream(channel, ledger);
      readers.add(QueuedOutput.start(settings.name(), stream, ledger, senders, queueBytes));
    } catch (IOException e) {
      // it has gone again
    }
  }

  @Override
  public OutputSummary summary() {
    return OutputSummary.of(settings.name(), ledger, readerCount, "");
  }

  @Override
  public void stop() {
    stopping = true;
    try {
      server.close();
    } catch (IOException e) {
      // nobody connects any more either way
    }
    change();
    readers.forEach(QueuedOutput::stop);
  }

  @Override
  public boolean isEnded() {
    return readers.stream().allMatch(QueuedOutput::isEnded)
        && leaving.stream().allMatch(QueuedOutput::isEnded);
  }

  @Override
  public void close() {
    stop();
    readers.forEach(QueuedOutput::close);
    leaving.forEach(QueuedOutput::close);
    readerCount = 0;
  }
}
