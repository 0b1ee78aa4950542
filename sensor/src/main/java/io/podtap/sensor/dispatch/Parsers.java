package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.dns.DnsProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.ftp.FtpProtocol;
import io.podtap.sensor.parse.http.HttpProtocol;
import io.podtap.sensor.parse.ldap.LdapProtocol;
import io.podtap.sensor.parse.mqtt.MqttProtocol;
import io.podtap.sensor.parse.mysql.MysqlProtocol;
import io.podtap.sensor.parse.redis.RedisProtocol;
import io.podtap.sensor.parse.smtp.SmtpProtocol;
import io.podtap.sensor.parse.ssh.SshProtocol;
import io.podtap.sensor.sink.LogSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protocols of one analysis, found by service and by port. One thread. */
public final class Parsers {

  private final @Nullable StreamProtocol[] streams =
      new @Nullable StreamProtocol[Service.values().length];
  private final @Nullable DatagramProtocol[] datagrams =
      new @Nullable DatagramProtocol[Service.values().length];
  private final List<StreamProtocol> streamList = new ArrayList<>();
  private final List<DatagramProtocol> datagramList = new ArrayList<>();
  private long streamServices;
  private long datagramServices;
  private long partialServices;

  /** Returns every protocol that the sensor understands: one line for each. */
  public static Parsers standard(LogSink sink, Files files) {
    DnsProtocol dns = new DnsProtocol(sink);
    return new Parsers()
        .with(new HttpProtocol(sink, files))
        .with(dns)
        .with(dns.overTcp())
        .with(new FtpProtocol(sink, files))
        .with(new LdapProtocol(sink))
        .with(new MqttProtocol(sink))
        .with(new MysqlProtocol(sink))
        .with(new RedisProtocol(sink))
        .with(new SmtpProtocol(sink, files))
        .with(new SshProtocol(sink));
