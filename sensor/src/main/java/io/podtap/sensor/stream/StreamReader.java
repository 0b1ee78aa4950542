/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.pcap.PcapngComments;
import io.podtap.core.pcap.PcapngStream;

/** Reads one connection's pcapng and says who sent what. The consumer's thread. */
final class StreamReader implements FrameHandler, PcapngComments {

  private final StreamPeer sender;
  private final PcapngStream stream = new PcapngStream(this);
  private StreamConsumer consumer;
  private String unwanted = "";
  private boolean introduced;

  StreamReader(StreamPeer sender, StreamConsumer consumer) {
    this.sender = sender;
    this.consumer = consumer;
  }

  /** Takes decrypted bytes; returns whether more is wanted. */
  boolean take(Buffer buffer, StreamConsumer current) {
    consumer = current;
    return stream.take(buffer.segment, buffer.bytes.position(), this) && unwanted.isEmpty();
  }

  /** Returns how the stream ended, given how its connection did. */
  StreamEnd end(StreamEnd ofConnection) {
    if (!unwanted.isEmpty()) {
      return StreamEnd.UNWANTED;
    }
    if (!stream.problem().isEmpty()) {
      return StreamEnd.MALFORMED;
    }
    return ofConnection == StreamEnd.CLOSED && !stream.isWhole() ? StreamEnd.BROKEN : ofConnection;
  }

  /** Returns why it ended early, or {@code ofConnection}. */
  String problem(String ofConnection) {
    if (!unwanted.isEmpty()) {
      return unwanted;
    }
    return stream.problem().isEmpty() ? ofConnection : stream.problem();
  }

  StreamPeer sender() {
    return sender;
  }

  /** A sender that begins without a word about itself is asked whether it may. */
  private void requireIntroduction() {
    if (!introduced) {
      onSection("");
    }
  }

  @Override
  public void onFrame(Frame frame) {
    requireIntroduction();
    if (unwanted.isEmpty()) {
      consumer.onFrame(sender, frame);
    }
  }

  @Override
  public void onBatchEnd() {
    consumer.onBatchEnd();
  }

  @Override
  public void onSection(String comment) {
    introduced = true;
    if (unwanted.isEmpty()) {
      unwanted = consumer.onSection(sender, comment);
    }
  }

  @Override
  public void onStatistics(String comment) {
    requireIntroduction();
    if (unwanted.isEmpty()) {
      consumer.onStatistics(sender, comment);
    }
  }
}
