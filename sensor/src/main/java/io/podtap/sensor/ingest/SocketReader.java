/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.linux.DatagramReply;
import io.podtap.core.linux.ReceiveBatch;
import io.podtap.core.linux.UdpSocket;
import java.lang.foreign.MemorySegment;

/** Empties one listening socket, a batch a cycle. Owns socket and batch. */
public final class SocketReader implements AutoCloseable {

  private final UdpSocket socket;
  private final boolean geneve;
  private final PayloadHandler handler;
  private final ReceiveBatch batch = new ReceiveBatch();
  private final DatagramReply replies = new DatagramReply();
  private final ReplyPath path = this::reply;
  private int slot;
  private long overflowSeen;

  /**
   * @param socket bound, with receive offload, timestamps and overflow count on; becomes this
   *     reader's
   * @param geneve whether senders speak Geneve to this socket, otherwise VXLAN
   */
  public SocketReader(UdpSocket socket, boolean geneve, PayloadHandler handler) {
    this.socket = socket;
    this.geneve = geneve;
    this.handler = handler;
  }

  /**
   * Takes what has come, one batch at most.
   *
   * @param nowNs stands in where the kernel gives no time, nanoseconds since 1970
   * @return datagrams
   */
  public int poll(long nowNs) {
    int count = batch.receive(socket);
    if (count > 0) {
      handler.onBatchBegin(path);
    }
    for (int i = 0; i < count; i++) {
      slot = i;
      countOverflow(batch.overflowCount(i));
      if (batch.isTruncated(i)) {
        handler.onTruncated(batch.length(i));
        continue;
      }
      long receivedNs = batch.timestampNs(i);
      handler.onPayload(
          batch.segment(),
          batch.offset(i),
          batch.length(i),
          batch.segmentBytes(i),
          geneve,
          batch.sourceHigh(i),
          batch.sourceLow(i),
          batch.sourcePort(i),
          receivedNs != 0 ? receivedNs : nowNs);
    }
    if (count > 0) {
      handler.onBatchEnd();
    }
    return count;
  }

  private boolean reply(MemorySegment segment, long offset, int length) {
    return replies.send(socket, batch, slot, segment, offset, length) == 0;
  }

  /** The kernel's count wraps at 32 bits; differences are right across the wrap. */
  private void countOverflow(int total) {
    int more = total - (int) overflowSeen;
    if (total != 0 && more > 0) {
      overflowSeen = total & 0xFFFF_FFFFL;
      handler.onOverflow(more);
    }
  }

  /** Returns the descriptor to poll for input. */
  public int fd() {
    return socket.fd();
  }

  @Override
  public void close() {
    socket.close();
    batch.close();
    replies.close();
  }
}
