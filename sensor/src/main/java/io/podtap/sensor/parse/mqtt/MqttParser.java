/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows one MQTT connection. One thread. */
final class MqttParser implements StreamParser {

  /** Bytes of a packet that are looked at. */
  private static final int KEPT_MAX = 8 << 10;

  /** Bytes of a message that are shown, as in Zeek. */
  private static final int SHOWN_MAX = 100;

  private static final int TOPICS_MAX = 64;

  /** Messages and subscriptions that wait for an acknowledgement, at most. */
  private static final int PENDING_MAX = 1_024;

  /** Bytes of a connection that is joined in which a packet must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private static final String[] ANSWERS = {
    "Connection Accepted",
    "Connection Refused: unacceptable protocol version",
    "Connection Refused: identifier rejected",
    "Connection Refused: server unavailable",
    "Connection Refused: bad user name or password",
    "Connection Refused: not authorized"
  };

  /** One direction. */
  private static final class End {
    final Gather gather;
    final Resynchronizer again;
    long rest;
    final Map<Integer, MqttRows.Publish> unacknowledged = new LinkedHashMap<>(2);

    End(HeapAccount account) {
      gather = new Gather(KEPT_MAX, account);
      again = new Resynchronizer(MqttHeaders::messageBytes, /* isTelling= */ false, account);
    }
  }

  private final MqttProtocol protocol;
  private final Session session;
  private final End client;
  private final End server;
  private final Map<Integer, MqttRows.Subscribe> subscriptions = new LinkedHashMap<>(2);
  private final HeldHeap waitingHeld;
  private final HeldHeap connectHeld;
  private MqttRows.@Nullable Connect connect;
  private boolean version5;

  /** Whether the client's CONNECT was not seen, which says the version. */
  private boolean isVersionUnknown;

  private boolean isJoined;

  /** Whether it is certain that the originator is the client. */
  private boolean areEndsKnown;

  /** Whether packets are missing. */
  private boolean isLossy;

  private boolean confirmed;
  private boolean over;

  MqttParser(MqttProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.waitingHeld = new HeldHeap(session.account());
    this.connectHeld = new HeldHeap(session.account());
    this.client = new End(session.account());
    this.server = new End(session.account());
    this.areEndsKnown =
        !session.flow().partial || session.flow().responderPort() == MqttProtocol.PORT;
    if (session.flow().partial) {
      isJoined = true;
      isLossy = true;
      isVersionUnknown = true;
      client.again.begin();
      server.again.begin();
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    Payload packets = data;
    if (end.again.beginSegment() && !over) {
      if (isVersionUnknown && MqttSignature.isConnect(data)) {
        isVersionUnknown = false;
        isJoined = false;
        client.again.stop();
        server.again.stop();
      } else {
        Payload found = end.again.find(data);
        if (found == null) {
          if (!confirmed && end.again.soughtBytes() > SOUGHT_MAX) {
            over = true;
            session.violation("no packet of MQTT");
          }
          return;
        }
        packets = found;
      }
    }
    packets(fromOriginator, end, packets);
  }

  private void packets(boolean fromOriginator, End end, Payload data) {
    while (!data.isEmpty() && !over) {
      if (end.rest > 0) {
        int count = (int) Math.min(end.rest, data.length());
        data.skip(count);
        end.rest -= count;
      } else if (!packet(fromOriginator, end, data)) {
        return;
      }
    }
  }

  /** Kind and flags, a length of seven bits a byte, so many bytes. */
  private boolean packet(boolean fromOriginator, End end, Payload data) {
    int header = 1;
    int length = 0;
    Payload head;
    do {
      header++;
      head = end.gather.peek(data, header);
      if (head == null) {
        return false;
      }
      length |= (head.u8(header - 1) & 0x7F) << (7 * (header - 2));
    } while (head.u8(header - 1) >= 0x80 && header < 5);
    if (isLossy && !MqttHeaders.isKind(head.u8(0))) {
      end.gather.clear(); // what was found was no packet
      end.again.begin();
      data.skip(data.length());
      return false;
    }
    if (head.u8(header - 1) >= 0x80
        || (!confirmed && !isJoined && head.u8(0) >> 4 != 1 && fromOriginator)) {
      over = true;
      session.violation("no packet of MQTT");
      return false;
    }
    int kept = Math.min(header + length, KEPT_MAX);
    Payload whole = end.gather.take(data, kept);
    if (whole == null) {
      return false;
    }
    end.rest = (long) header + length - kept;
    Payload body = new Payload().wrap(whole, header, kept);
    read(fromOriginator, whole.u8(0), body, length);
    return true;
  }

  private void read(boolean fromOriginator, int first, Payload body, int length) {
    End other = fromOriginator ? server : client;
    if (!areEndsKnown) {
      noteEnds(fromOriginator, first >> 4);
    }
    confirmJoined(first >> 4);
    switch (first >> 4) {
      case 1 -> connect(body);
      case 2 -> answered(body.u8(1));
      case 3 -> publish(fromOriginator, first, body, length);
      case 4, 7 -> acknowledged(other, body.u16(0)); // PUBACK, PUBCOMP
      case 8 -> subscribe(body, /* begins= */ true);
      case 9, 11 -> granted(body);
      case 10 -> subscribe(body, /* begins= */ false);
      default -> {}
    }
  }

  /** Most packets tell which end sends them; what neither end may send tells nothing. */
  private void noteEnds(boolean fromOriginator, int kind) {
    areEndsKnown =
        switch (kind) {
          case 1, 8, 10, 12, 14 -> fromOriginator;
          case 2, 9, 11, 13 -> !fromOriginator;
          default -> false;
        };
  }

  /** A message or a subscription says enough, or packets of both ends. */
  private void confirmJoined(int kind) {
    boolean isTelling = kind == 3 || kind == 8 || kind == 10;
    boolean isBoth = !client.again.isSeeking() && !server.again.isSeeking();
    if (!confirmed && isJoined && (isTelling || isBoth)) {
      confirmed = true;
      session.confirm(MqttProtocol.SERVICE);
    }
  }

  private static String text(Payload body) {
    int length = Math.max(0, body.u16(0));
    String text = body.text(2, length);
    body.skip(2 + length);
    return text;
  }

  private void skipProperties(Payload body) {
    if (version5) {
      int length = 0;
      int at = 0;
      do {
        length |= (Math.max(0, body.u8(at)) & 0x7F) << (7 * at);
        at++;
      } while (body.u8(at - 1) >= 0x80 && at < 4);
      body.skip(at + length);
    }
  }

  private void connect(Payload body) {
    MqttRows.Connect row = new MqttRows.Connect(session.flow(), session.nowNs());
    String name = text(body);
    if (!name.startsWith("MQ")) {
      over = true;
      session.violation("no packet of MQTT");
      return;
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(MqttProtocol.SERVICE);
    }
    row.protocol = name;
    int version = body.u8(0) & 0x7F;
    version5 = version == 5;
    isVersionUnknown = false;
    row.version =
        switch (version) {
          case 3 -> "3.1";
          case 4 -> "3.1.1";
          case 5 -> "5.0";
          default -> String.valueOf(version);
        };
    int flags = body.u8(1);
    body.skip(4);
    skipProperties(body);
    row.client = text(body);
    if ((flags & 4) != 0) {
      skipProperties(body);
      row.willTopic = text(body);
      row.willPayload = text(body);
    }
    writeConnect();
    connect = row;
    connectHeld.set(row.heapBytes());
  }

  private void answered(int code) {
    MqttRows.Connect row = connect;
    if (row != null) {
      row.status = code >= 0 && code < ANSWERS.length ? ANSWERS[code] : "unknown-" + code;
      writeConnect();
    }
  }

  private void writeConnect() {
    MqttRows.Connect row = connect;
    if (row != null) {
      protocol.connectLog.write(row);
      connect = null;
      connectHeld.clear();
    }
  }

  private void publish(boolean fromOriginator, int first, Payload body, int length) {
    MqttRows.Publish row = new MqttRows.Publish(session.flow(), session.nowNs(), fromOriginator);
    row.isSenderUnknown = !areEndsKnown;
    int before = body.length();
    row.retain = (first & 1) != 0;
    row.quality = first >> 1 & 3;
    row.topic = text(body);
    int id = -1;
    if (row.quality > 0) {
      id = body.u16(0);
      body.skip(2);
    }
    if (isVersionUnknown && mayHaveProperties(body)) {
      row.payload = null; // where it begins depends on the version
      row.payloadBytes = LogSchema.UNSET;
    } else {
      skipProperties(body);
      row.payloadBytes = Math.max(0, length - (before - body.length()));
      row.payload = body.text(0, SHOWN_MAX);
    }
    if (row.quality == 0) {
      row.complete = true;
      protocol.publishLog.write(row);
      return;
    }
    row.isUnknown = (fromOriginator ? server : client).again.isSeeking();
    Map<Integer, MqttRows.Publish> waiting = (fromOriginator ? client : server).unacknowledged;
    if (waiting.size() < PENDING_MAX) {
      MqttRows.Publish earlier = waiting.put(id, row);
      waitingHeld.add(row.heapBytes());
      if (earlier != null) {
        waitingHeld.remove(earlier.heapBytes());
        protocol.publishLog.write(earlier);
      }
    } else {
      protocol.publishLog.write(row);
    }
  }

  /** Whether properties of version 5 may begin here: their length, and the first one's number. */
  private static boolean mayHaveProperties(Payload body) {
    int length = body.u8(0);
    boolean isNumber =
        switch (body.u8(1)) {
          case 0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26 -> true;
          default -> false;
        };
    return length == 0 || (length >= 0x80 && isNumber) || (length < body.length() && isNumber);
  }

  private void acknowledged(End sender, int id) {
    MqttRows.Publish row = sender.unacknowledged.remove(id);
    if (row != null) {
      waitingHeld.remove(row.heapBytes());
      row.complete = true;
      protocol.publishLog.write(row);
    }
  }

  private void subscribe(Payload body, boolean begins) {
    MqttRows.Subscribe row = new MqttRows.Subscribe(session.flow(), session.nowNs(), begins);
    int id = body.u16(0);
    body.skip(2);
    if (isVersionUnknown) {
      version5 = body.u16(0) > body.length() - 2 || body.u16(0) == 0; // a topic is not empty
    }
    skipProperties(body);
    while (!body.isEmpty() && row.topics.size() < TOPICS_MAX) {
      row.topics.add(text(body));
      if (begins) {
        row.qualities.add(Math.max(0, body.u8(0)) & 3);
        body.skip(1);
      }
    }
    row.isUnknown = server.again.isSeeking();
    if (subscriptions.size() < PENDING_MAX) {
      MqttRows.Subscribe earlier = subscriptions.put(id, row);
      waitingHeld.add(row.heapBytes());
      if (earlier != null) {
        waitingHeld.remove(earlier.heapBytes());
        protocol.subscribeLog.write(earlier);
      }
    }
  }

  private void granted(Payload body) {
    MqttRows.Subscribe row = subscriptions.remove(body.u16(0));
    if (row != null) {
      waitingHeld.remove(row.heapBytes());
      body.skip(2);
      skipProperties(body);
      row.acknowledged = true;
      row.granted = row.begins ? body.u8(0) : -1;
      protocol.subscribeLog.write(row);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (over) {
      return;
    }
    End end = fromOriginator ? client : server;
    isLossy = true;
    Payload begun = end.gather.waiting();
    if (!end.again.isSeeking() && begun.length() > 0) {
      long whole = MqttHeaders.messageBytes(begun, 0);
      end.rest = Math.max(0, whole - begun.length()); // of a packet that is left out
      loseAnswers(fromOriginator);
      end.gather.clear();
    }
    if (!end.again.isSeeking() && length <= end.rest) {
      end.rest -= length;
    } else {
      end.rest = 0;
      end.again.begin();
      loseAnswers(fromOriginator);
      if (fromOriginator && !confirmed && connect == null) { // it was the CONNECT
        isJoined = true;
        isVersionUnknown = true;
      }
    }
  }

  /** What waits for an answer of this end may have had it. */
  private void loseAnswers(boolean ofOriginator) {
    for (MqttRows.Publish row : (ofOriginator ? server : client).unacknowledged.values()) {
      row.isUnknown = true;
    }
    if (!ofOriginator) {
      for (MqttRows.Subscribe row : subscriptions.values()) {
        row.isUnknown = true;
      }
    }
  }

  @Override
  public void onFlowEnd() {
    writeConnect();
    client.unacknowledged.values().forEach(protocol.publishLog::write);
    client.unacknowledged.clear();
    server.unacknowledged.values().forEach(protocol.publishLog::write);
    server.unacknowledged.clear();
    subscriptions.values().forEach(protocol.subscribeLog::write);
    subscriptions.clear();
  }
}
