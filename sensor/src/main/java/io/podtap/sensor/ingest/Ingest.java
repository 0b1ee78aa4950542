/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.agent.Health;
import io.podtap.core.linux.Poller;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.packet.FrameHandler;
import io.podtap.sensor.stream.StreamServer;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tap's datagram passes:
 *
 * <ol>
 *   <li>receive: many datagrams with one call ({@link SocketReader})
 *   <li>decapsulate: the frame inside, and whose it is ({@link DatagramReceiver})
 * </ol>
 *
 * Streams over TLS are decrypted by a thread of their own ({@link StreamServer}); their frames come
 * out here as well ({@link StreamReceiver}). One thread makes, uses and closes it.
 */
public final class Ingest {

  /** Streams have a thread of their own, which wakes nobody: what it has is asked for. */
  private static final int STREAM_AWAIT_MS = 5;

  /** Datagrams that stand in the sockets at the end; bounded, since senders may go on. */
  private static final int DRAIN_BATCHES_MAX = 4_096;

  private final List<SocketReader> readers = new ArrayList<>();
  private final TapTable taps;
  private final DatagramReceiver receiver;
  private final @Nullable StreamServer streams;
  private final StreamReceiver streamReceiver;
  private final Poller poller;

  /**
   * Takes over {@code inlets}.
   *
   * @param taps shared with nobody who changes it
   * @param handler takes frames; their interface index is that of their tap in {@code taps}
   * @param poller gets every socket
   * @param news takes a line of what is wrong with a stream
   */
  public Ingest(
      IngestSettings settings,
      Inlets inlets,
      TapTable taps,
      FrameHandler handler,
      Poller poller,
      Consumer<String> news) {
    this.taps = taps;
    this.poller = poller;
    receiver = new DatagramReceiver(taps, handler, settings.knownTaps().only());
    List<UdpSocket> sockets = inlets.sockets();
    for (int i = 0; i < sockets.size(); i++) {
      SocketReader reader =
          new SocketReader(sockets.get(i), settings.listeners().get(i).geneve(), receiver);
      readers.add(reader);
      poller.add(reader.fd());
    }
    streams = inlets.streams();
    streamReceiver = new StreamReceiver(taps, handler, settings.streams(), news);
  }

  /** Hands on what has come, without blocking, and returns how much that was. */
  public int poll(long nowNs) {
    return pollDatagrams(nowNs) + pollStreams(nowNs);
  }

  private int pollStreams(long nowNs) {
    if (streams == null) {
      return 0;
    }
    streamReceiver.at(nowNs);
    return streams.poll(streamReceiver);
  }

  private int pollDatagrams(long nowNs) {
    int work = 0;
    for (int i = 0; i < readers.size(); i++) {
      work += readers.get(i).poll(nowNs);
    }
    return work;
  }

  /** Waits until {@link #poll} may have something, at most so long. */
  public void await(int timeoutMs) {
    poller.poll(streams == null ? timeoutMs : Math.min(timeoutMs, STREAM_AWAIT_MS));
  }

  /** Adds what must turn and what must hold for streams to come in. */
  public void watch(Health health) {
    StreamServer present = streams;
    if (present != null) {
      health.loops(present.heartbeats()).condition(() -> present.trust().problem());
    }
  }

  /** Returns whether streams over TLS are received. */
  public boolean takesStreams() {
    return streams != null;
  }

  /** Forgets taps that were silent for too long; returns the last word on each. */
  public List<TapSummary> expire(long nowNs) {
    return taps.expire(nowNs);
  }

  /** Returns what was received so far. */
  public IngestSummary summary() {
    return new IngestSummary(
        DatagramSummary.of(receiver.counters()),
        streams == null ? StreamSummary.NONE : streamReceiver.summary(streams.counters()),
        TapSummary.of(taps),
        taps.forgotten(),
        taps.forgottenCount());
  }

  /** Takes nothing new, and hands on what has come already. */
  public void drain(long nowNs) {
    if (streams != null) {
      streams.stop();
      while (!streams.isEnded()) {
        if (pollStreams(nowNs) == 0) {
          poller.poll(1);
        }
      }
      streams.close();
    }
    for (int i = 0; i < DRAIN_BATCHES_MAX && pollDatagrams(nowNs) > 0; i++) {
      // what stands in the sockets still counts
    }
  }

  /** Closes the sockets. After {@link #drain}. */
  public void close() {
    readers.forEach(SocketReader::close);
  }
}
