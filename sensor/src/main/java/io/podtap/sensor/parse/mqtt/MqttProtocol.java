package io.podtap.sensor.parse.mqtt;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** MQTT over TCP. */
public final class MqttProtocol implements StreamProtocol {

  final LogStream<MqttRows.Connect> connectLog;
  final LogStream<MqttRows.Publish> publishLog;
  final LogStream<MqttRows.Subscribe> subscribeLog;

  /** Opens the three logs of MQTT. */
  public MqttProtocol(LogSink sink) {
    this.connectLog = sink.open(MqttRows.connectSchema());
    this.publishLog = sink.open(MqttRows.publishSchema());
    this.subscribeLog = sink.open(MqttRows.subscribeSchema());
  }

  @Override
  public Service service() {
    return Service.MQTT;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 1_883;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new MqttParser(this, session);
  }
}
