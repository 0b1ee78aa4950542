/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection, message by message; after a gap, and where the beginning was not seen,
 * messages are found by their headers. One thread.
 */
final class ModbusParser implements StreamParser {

  /** One direction. */
  private static final class End {
    final Gather gather;
    final Resynchronizer again;

    /** Whether the message at hand was written already. */
    boolean isNoted;

    /** Bytes to pass over of a message that is too long to be one. */
    long passedOver;

    End(HeapAccount account) {
      gather = new Gather(ModbusMessages.PREFIX + ModbusMessages.LENGTH_MAX, account);
      again = new Resynchronizer(ModbusMessages::messageBytes, /* isTelling= */ false, account);
    }
  }

  private final ModbusProtocol protocol;
  private final Session session;
  private final End client;
  private final End server;
  private boolean confirmed;
  private boolean over;

  ModbusParser(ModbusProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.client = new End(session.account());
    this.server = new End(session.account());
    if (session.flow().partial) {
      client.again.begin();
      server.again.begin();
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    Payload messages = data;
    if (end.again.beginSegment() && !over) {
      Payload found = end.again.find(data);
      if (found == null) {
        return;
      }
      messages = found;
    }
    while (!messages.isEmpty() && !over) {
      if (end.passedOver > 0) {
        int count = (int) Math.min(end.passedOver, messages.length());
        messages.skip(count);
        end.passedOver -= count;
      } else {
        message(fromOriginator, end, messages);
      }
    }
  }

  private void message(boolean fromOriginator, End end, Payload data) {
    Payload header = end.gather.peek(data, ModbusMessages.HEADER);
    if (header == null) {
      return;
    }
    int length = header.u16(4);
    if (header.u16(2) != 0 || length < 2) {
      giveUp("not a Modbus header");
      return;
    }
    int function = header.u8(7);
    boolean isException = function >= ModbusNames.EXCEPTION;
    if (!end.isNoted && !isException) {
      end.isNoted = true;
      write(fromOriginator, header, function, /* exception= */ null);
    }
    if (length > ModbusMessages.LENGTH_MAX) {
      end.gather.take(data, ModbusMessages.HEADER);
      end.passedOver = length - 2L;
      end.isNoted = false;
      return;
    }
    Payload message = end.gather.take(data, ModbusMessages.PREFIX + length);
    if (message == null) {
      return;
    }
    end.isNoted = false;
    Payload body = new Payload().wrap(message, ModbusMessages.HEADER, message.length());
    if (!ModbusMessages.isComplete(fromOriginator, function, body)) {
      giveUp("message that ends in its data");
      return;
    }
    if (isException) {
      write(fromOriginator, message, function, ModbusNames.exception(body.u8(0)));
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(ModbusProtocol.SERVICE);
    }
  }

  private void write(
      boolean fromOriginator, Payload header, int function, @Nullable String exception) {
    protocol.log.write(
        new ModbusRow(
            session.flow(),
            session.nowNs(),
            header.u16(0),
            header.u8(6),
            ModbusNames.function(function),
            fromOriginator,
            exception));
  }

  private void giveUp(String reason) {
    over = true;
    client.gather.clear();
    server.gather.clear();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    End end = fromOriginator ? client : server;
    if (over) {
      return;
    }
    if (!end.again.isSeeking() && length <= end.passedOver) {
      end.passedOver -= length;
      return;
    }
    end.passedOver = 0;
    end.isNoted = false;
    end.gather.clear();
    end.again.begin();
  }

  @Override
  public void onFlowEnd() {}
}
