package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;

/** Placeholder until the next commit. */
final class Http2Parser implements StreamParser {

  Http2Parser(HttpProtocol protocol, Session session, boolean prefaceRead) {}

  @Override
  public void onData(boolean fromOriginator, Payload data) {}

  @Override
  public void onGap(boolean fromOriginator, long length) {}

  @Override
  public void onFlowEnd() {}
}
