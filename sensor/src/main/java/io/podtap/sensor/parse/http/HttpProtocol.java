package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** HTTP over TCP. */
public final class HttpProtocol implements StreamProtocol {

  private final LogStream<HttpTransaction> log;
  final LogStream<WebSocketLog.Row> webSocketLog;
  final Files files;
  final Inflaters inflaters = new Inflaters();

  /** Opens {@code http.log} and {@code websocket.log}. */
  public HttpProtocol(LogSink sink, Files files) {
    this.log = sink.open(HttpLog.schema());
    this.webSocketLog = sink.open(WebSocketLog.schema());
    this.files = files;
  }

  /** Writes the record of a request, with or without its answer, once. */
  void write(HttpTransaction transaction) {
    if (transaction.written) {
      return;
    }
    transaction.release();
    transaction.written = true;
    log.write(transaction);
  }

  @Override
  public Service service() {
    return Service.HTTP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return switch (responderPort) {
      case 80, 81, 631, 1_080, 3_128, 8_000, 8_080, 8_888 -> true;
      default -> false;
    };
  }

  /** Connections live for long: a tap that comes later still sees their next requests. */
  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new HttpParser(this, session);
  }
}
