/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.pcap.BlockQueue;
import io.podtap.core.pcap.PacketBlock;
import io.podtap.core.pcap.PcapngWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * A section of pcapng, and another when it has grown: packet blocks as they stand in the queue,
 * each sender described as an interface before its first packet. The blocks leave without being
 * copied. One thread.
 */
final class BlockWriter {

  private static final String APPLICATION = "podtap gateway";
  private static final int SNAPLEN = 262_144;

  /** A section with so many interfaces ends, and another begins: who reads keeps each of them. */
  static final int INTERFACES_MAX = 16_384;

  private final WritableByteChannel channel;
  private final Senders senders;
  private final Map<Integer, Integer> interfaces = new HashMap<>();
  private int lastSender = -1;
  private int lastInterface;
  private long bytes;

  /** Begins a section: its header is written at once. */
  BlockWriter(WritableByteChannel channel, Senders senders) throws IOException {
    this.channel = channel;
    this.senders = senders;
    beginSection();
  }

  private void beginSection() throws IOException {
    interfaces.clear();
    lastSender = -1;
    write(ByteBuffer.wrap(PcapngWriter.section(APPLICATION, "")));
  }

  /**
   * Writes whole blocks that stand in one piece, and gives them the section's interface numbers.
   *
   * @param from position of the first in {@code queue}
   * @param to position behind the last
   */
  void write(BlockQueue queue, long from, long to) throws IOException {
    long begin = from;
    for (long position = from; position < to; position = queue.blockEnd(position)) {
      int at = queue.at(position);
      int sender = PacketBlock.interfaceId(queue.memory(), at);
      if (sender != lastSender && !interfaces.containsKey(sender)) {
        writeBlocks(queue, begin, position);
        begin = position;
        if (interfaces.size() >= INTERFACES_MAX) {
          beginSection();
        }
        describe(sender);
      }
      PacketBlock.interfaceId(queue.memory(), at, interfaceOf(sender));
    }
    writeBlocks(queue, begin, to);
  }

  private int interfaceOf(int sender) {
    if (sender != lastSender) {
      lastInterface = interfaces.getOrDefault(sender, 0);
      lastSender = sender;
    }
    return lastInterface;
  }

  private void describe(int number) throws IOException {
    Sender sender = senders.of(number);
    byte[] block =
        PcapngWriter.description(
            new PcapngWriter.Interface(
                sender.name(), sender.description(), "", sender.linkType(), SNAPLEN));
    write(ByteBuffer.wrap(block));
    interfaces.put(number, interfaces.size());
  }

  private void writeBlocks(BlockQueue queue, long from, long to) throws IOException {
    if (to > from) {
      write(queue.view(from, (int) (to - from)));
    }
  }

  private void write(ByteBuffer buffer) throws IOException {
    bytes += buffer.remaining();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Returns bytes of the section so far. */
  long bytes() {
    return bytes;
  }
}
