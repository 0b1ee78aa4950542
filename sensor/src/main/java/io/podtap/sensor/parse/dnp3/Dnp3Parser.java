/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Follows one flow, frame by frame, and joins frames to messages of which the first bytes alone are
 * read. After a gap frames are found by their headers, whose checksum is proof. One thread.
 *
 * @see "IEEE 1815-2012 sections 4.2, 8.2 and 9.2"
 */
final class Dnp3Parser implements StreamParser, DatagramParser {

  /** Bit of the link layer's control: sent by the master. */
  private static final int FROM_MASTER = 0x80;

  /** Bits of the transport byte: the last frame of a message, the first one. */
  private static final int LAST = 0x80;

  private static final int FIRST = 0x40;

  /** Control, function, and of an answer two bytes of indications. */
  private static final int MESSAGE_HEAD = 4;

  /** One direction. */
  private static final class End {
    final Gather gather;
    final Resynchronizer again;
    final byte[] head = new byte[MESSAGE_HEAD];
    int headBytes;
    boolean hasBegun;

    End(HeapAccount account) {
      gather = new Gather(Dnp3Frames.FRAME_MAX, account);
      again = new Resynchronizer(Dnp3Frames::frameBytes, /* isTelling= */ true, account);
    }
  }

  private final Dnp3Protocol protocol;
  private final Session session;
  private final Service service;
  private final End client;
  private final End server;
  private @Nullable String request;
  private long requestNs;
  private boolean confirmed;
  private boolean over;

  /** Whether bytes are missing. */
  private boolean isLossy;

  Dnp3Parser(Dnp3Protocol protocol, Session session, Service service) {
    this.protocol = protocol;
    this.session = session;
    this.service = service;
    this.client = new End(session.account());
    this.server = new End(session.account());
    if (session.flow().partial) {
      isLossy = true;
      client.again.begin();
      server.again.begin();
    }
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    (fromOriginator ? client : server).gather.clear();
    frames(fromOriginator, data);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    Payload frames = data;
    if (end.again.beginSegment() && !over) {
      Payload found = end.again.find(data);
      if (found == null) {
        return;
      }
      frames = found;
    }
    frames(fromOriginator, frames);
  }

  private void frames(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    while (!data.isEmpty() && !over) {
      Payload header = end.gather.peek(data, Dnp3Frames.HEADER);
      if (header == null) {
        return;
      }
      if (!isHeaderRight(header)) {
        return;
      }
      int dataBytes = Dnp3Frames.dataBytes(header);
      int control = header.u8(Dnp3Frames.CONTROL);
      if (dataBytes < 0) {
        weird("dnp3_negative_or_zero_length_link_layer");
        leave();
        return;
      }
      Payload frame = end.gather.take(data, Dnp3Frames.HEADER + Dnp3Frames.blockBytes(dataBytes));
      if (frame == null) {
        return;
      }
      if (dataBytes > 0) {
        if (fromOriginator != ((control & FROM_MASTER) != 0)) {
          weird("dnp3_unexpected_flow_direction");
        }
        read(fromOriginator, end, frame, dataBytes);
      }
    }
  }

  private boolean isHeaderRight(Payload header) {
    if (!Dnp3Frames.begins(header)) {
      weird("dnp3_header_lacks_magic");
      giveUp("header lacks magic");
      return false;
    }
    if (!Dnp3Frames.isCrcRight(header, 0, Dnp3Frames.HEADER - Dnp3Frames.CRC)) {
      weird("dnp3_corrupt_header_checksum");
      giveUp("broken_checksum");
      return false;
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(service);
    }
    return true;
  }

  /** On the port alone, what is odd shows that it is something else. */
  private void weird(String name) {
    if (confirmed) {
      session.weird(name, "");
    }
  }

  /** Reads a frame's blocks; the first byte of the first one is the transport layer's. */
  private void read(boolean fromOriginator, End end, Payload frame, int dataBytes) {
    int transport = frame.u8(Dnp3Frames.HEADER);
    if ((transport & FIRST) != 0) {
      end.hasBegun = true;
      end.headBytes = 0;
    }
    int at = Dnp3Frames.HEADER;
    for (int left = dataBytes; left > 0; left -= Dnp3Frames.BLOCK) {
      int count = Math.min(left, Dnp3Frames.BLOCK);
      if (!Dnp3Frames.isCrcRight(frame, at, count)) {
        weird("dnp3_corrupt_app_chunk_checksum");
        leave();
        return;
      }
      for (int i = at == Dnp3Frames.HEADER ? 1 : 0; i < count; i++) {
        if (end.headBytes < MESSAGE_HEAD) {
          end.head[end.headBytes++] = (byte) frame.u8(at + i);
        }
      }
      at += count + Dnp3Frames.CRC;
    }
    if (!end.hasBegun && isLossy) {
      return; // its beginning is missing
    }
    if (!end.hasBegun) {
      weird("dnp3_first_application_layer_chunk_missing");
      leave();
    } else if ((transport & LAST) != 0) {
      end.hasBegun = false;
      message(fromOriginator, end);
    }
  }

  private void message(boolean fromOriginator, End end) {
    String function = Dnp3Names.function(end.head[1] & 0xFF);
    if (fromOriginator && end.headBytes >= 2) {
      request = function;
      requestNs = session.nowNs();
    } else if (!fromOriginator && end.headBytes == MESSAGE_HEAD) {
      long indications = (end.head[2] & 0xFFL) << 8 | (end.head[3] & 0xFFL);
      write(session.nowNs(), function, indications);
    }
  }

  private void write(long timeNs, @Nullable String reply, long indications) {
    protocol.log.write(new Dnp3Row(session.flow(), timeNs, request, reply, indications));
    request = null;
  }

  /** Looks no further. */
  private void leave() {
    over = true;
    client.gather.clear();
    server.gather.clear();
    client.again.stop();
    server.again.stop();
  }

  private void giveUp(String reason) {
    leave();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    End end = fromOriginator ? client : server;
    if (!over) {
      isLossy = true;
      end.gather.clear();
      end.hasBegun = false;
      end.again.begin();
      if (request != null) { // what comes next may answer another one
        write(requestNs, /* reply= */ null, LogSchema.UNSET);
      }
    }
  }

  @Override
  public void onFlowEnd() {
    if (request != null) {
      write(requestNs, /* reply= */ null, LogSchema.UNSET);
    }
  }
}
