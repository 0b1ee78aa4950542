package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.requests.RequestCounts;
import io.podtap.sensor.parse.requests.Requests;

/** Follows one connection to a broker. One thread. */
final class KafkaParser implements StreamParser {

  /** Size, kind, version, correlation id, length of the client's name. */
  private static final int REQUEST_HEADER = 14;

  /** Size and correlation id. */
  private static final int RESPONSE_HEADER = 8;

  private static final int SIZE_FIELD = 4;
  private static final long MESSAGE_MAX = 1L << 30;
  private static final int CLIENT_MAX = 249;
  private static final int NO_CLIENT = 0xFFFF;
  private static final int KIND_MAX = 255;
  private static final int VERSION_MAX = 63;
  private static final int SASL_HANDSHAKE = 17;

  private final Requests requests;
  private final Session session;
  private final RequestCounts counts;
  private final Gather asked;
  private final Gather answered;
  private long askedSkip;
  private long answeredSkip;
  private int firstCorrelation;
  private int lastCorrelation;
  private boolean hasAsked;
  private boolean confirmed;
  private boolean over;

  KafkaParser(Requests requests, Session session) {
    this.requests = requests;
    this.session = session;
    this.asked = new Gather(REQUEST_HEADER + CLIENT_MAX, session.account());
    this.answered = new Gather(RESPONSE_HEADER, session.account());
    this.counts = requests.begin(session);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && !over) {
      if (fromOriginator) {
        request(data);
      } else {
        response(data);
      }
    }
  }

  private void request(Payload data) {
    if (askedSkip > 0) {
      int skipped = (int) Math.min(askedSkip, data.length());
      data.skip(skipped);
      askedSkip -= skipped;
      return;
    }
    Payload header = asked.peek(data, REQUEST_HEADER);
    if (header == null) {
      return;
    }
    long size = header.u32(0);
    int clientLength = header.u16(12) == NO_CLIENT ? 0 : header.u16(12);
    boolean plausible =
        size >= REQUEST_HEADER - SIZE_FIELD + clientLength
            && size <= MESSAGE_MAX
            && clientLength <= CLIENT_MAX
            && header.u16(4) <= KIND_MAX
            && header.u16(6) <= VERSION_MAX;
    if (!plausible) {
      giveUp("request that is none");
      return;
    }
    Payload whole = asked.take(data, REQUEST_HEADER + clientLength);
    if (whole != null) {
      askedSkip = size + SIZE_FIELD - whole.length();
      count(whole, clientLength);
    }
  }

  private void count(Payload request, int clientLength) {
    int kind = request.u16(4);
    lastCorrelation = (int) request.u32(8);
    if (!hasAsked) {
      firstCorrelation = lastCorrelation;
      hasAsked = true;
    }
    counts.add(KafkaKinds.name(kind));
    counts.client(request.text(REQUEST_HEADER, clientLength));
    if (kind == SASL_HANDSHAKE && request.u16(6) == 0) {
      over = true; // what follows are tokens without headers
    }
  }

  private void response(Payload data) {
    if (answeredSkip > 0) {
      int skipped = (int) Math.min(answeredSkip, data.length());
      data.skip(skipped);
      answeredSkip -= skipped;
      return;
    }
    Payload header = answered.take(data, RESPONSE_HEADER);
    if (header == null) {
      return;
    }
    long size = header.u32(0);
    int correlation = (int) header.u32(4);
    boolean expected =
        hasAsked && correlation - firstCorrelation >= 0 && lastCorrelation - correlation >= 0;
    if (size < RESPONSE_HEADER - SIZE_FIELD || size > MESSAGE_MAX || !(expected || confirmed)) {
      giveUp("response that is none");
      return;
    }
    answeredSkip = size + SIZE_FIELD - RESPONSE_HEADER;
    if (!confirmed) {
      confirmed = true;
      session.confirm(Service.KAFKA);
    }
  }

  private void giveUp(String reason) {
    over = true;
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (fromOriginator ? length <= askedSkip : length <= answeredSkip) {
      askedSkip -= fromOriginator ? length : 0;
      answeredSkip -= fromOriginator ? 0 : length;
    } else {
      over = true; // messages have no mark to begin at again
    }
  }

  @Override
  public void onFlowEnd() {
    if (confirmed) {
      requests.write(counts, "kafka");
    }
  }
}
