/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.intel;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.inventory.SeenCertificates;
import io.podtap.sensor.sink.LogStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code intel.log}: indicators that were seen, and where. */
public final class Intelligence implements Detection {

  private static final String ADDR = "Intel::ADDR";
  private static final String DOMAIN = "Intel::DOMAIN";
  private static final String EMAIL = "Intel::EMAIL";
  private static final String SOFTWARE = "Intel::SOFTWARE";
  private static final String URL = "Intel::URL";
  private static final String FILE_HASH = "Intel::FILE_HASH";
  private static final String FILE_NAME = "Intel::FILE_NAME";
  private static final String CERT_HASH = "Intel::CERT_HASH";
  private static final long HTTP_PORT = 80;
  private static final long REQUEST_BYTES_MAX = 2 << 20;
  private static final long REQUEST_AGE_NS = 600_000_000_000L;
  private static final Pattern PORT = Pattern.compile(":[0-9]+$");
  private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,]*)");
  private static final Pattern SCHEME = Pattern.compile("^.*://");
  private static final Pattern MAIL =
      Pattern.compile("[^<>\"',;:\\s]{1,256}@[^<>\"',;:\\s]{1,256}");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("intel", "Looks for indicators from files, in Zeek's format.")
          .texts("intel.read_files", "", "Files of indicators; read again when they change.")
          .log("intel")
          .starts(Intelligence::new)
          .build();

  private record Row(
      LogRecord logged,
      long timeNs,
      String indicator,
      String type,
      String where,
      Set<String> matched,
      Set<String> sources,
      @Nullable String fileId,
      @Nullable String mimeType,
      @Nullable String fileText) {}

  /** The latest request of a connection. */
  private static final class Request {
    final String uri;
    String host = "";

    Request(String uri) {
      this.uri = uri;
    }

    long bytes() {
      return 48 + AgeTable.bytesOf(uri) + AgeTable.bytesOf(host);
    }
  }

  private final AgeTable<String, Request> requests =
      new AgeTable<>(REQUEST_BYTES_MAX, REQUEST_AGE_NS, Request::bytes);
  private final SeenCertificates certificates = new SeenCertificates();
  private final Indicators indicators;
  private final LogStream<Row> log;

  private Intelligence(DetectionContext context) {
    List<Path> files = new ArrayList<>();
    for (String file : context.options().texts("intel.read_files")) {
      files.add(context.resolve(file));
    }
    indicators = new Indicators(files);
    log = context.open(schema());
  }

  private static LogSchema<Row> schema() {
    return LogSchema.<Row>named("intel", "One record for each place where an indicator was seen.")
        .time("ts", "When it was seen.", Row::timeNs)
        .wire("uid", "Unique id of the flow, as in conn.log.", row -> row.logged().text("uid"))
        .address(
            "id.orig_h",
            "The originator's address.",
            (row, out) -> text(row.logged().text("id.orig_h"), out))
        .port("id.orig_p", "The originator's port.", row -> row.logged().number("id.orig_p"))
        .address(
            "id.resp_h",
            "The responder's address.",
            (row, out) -> text(row.logged().text("id.resp_h"), out))
        .port("id.resp_p", "The responder's port.", row -> row.logged().number("id.resp_p"))
        .wire("seen.indicator", "The indicator.", Row::indicator)
        .enumeration("seen.indicator_type", "Its type.", (row, out) -> text(row.type(), out))
        .enumeration("seen.where", "Where it was seen.", (row, out) -> text(row.where(), out))
        .wire("seen.node", "Always zeek, as a Zeek that is no cluster writes it.", row -> "zeek")
        .enumerationSet(
            "matched",
            "Types of the indicators that match.",
            (row, out) -> text(String.join("\0", row.matched()), out))
        .wireSet("sources", "Who named them.", Row::sources)
        .wire("fuid", "Id of the file, as in files.log.", Row::fileId)
        .wire("file_mime_type", "MIME type of the file.", Row::mimeType)
        .wire("file_desc", "What the file is.", Row::fileText)
        .build();
  }

  private static boolean text(@Nullable String text, io.podtap.sensor.log.LineBuffer out) {
    if (text != null) {
      out.latin1(text);
    }
    return text != null;
  }

  @Override
  public void subscribe(Subscriptions records) {
    certificates.subscribe(records);
    if (!indicators.isAnyFileRead()) {
      return;
    }
    records
        .on("connection_established", this::onEstablished)
        .on("dns", dns -> seen(dns, dns.number("ts"), DOMAIN, dns.text("query"), "DNS::IN_REQUEST"))
        .on("http_request", this::onRequestLine)
        .on("http_header", this::onHeader)
        .on("http", this::onRequest)
        .on("ssl", this::onTls)
        .on("smtp", this::onMail)
        .on("files", this::onFile);
  }

  private void onEstablished(LogRecord flow) {
    seen(flow, ADDR, flow.text("id.orig_h"), "Conn::IN_ORIG");
    seen(flow, ADDR, flow.text("id.resp_h"), "Conn::IN_RESP");
  }

  private void onRequestLine(LogRecord request) {
    if (!indicators.isEmpty()) {
      String uri = request.textOrEmpty("value");
      requests.put(request.textOrEmpty("uid"), new Request(uri), request.nowNs());
    }
  }

  /** Returns where a file comes from, or null when it did not come by HTTP. */
  private @Nullable String origin(LogRecord file) {
    Request request = requests.get(file.textOrEmpty("uid"), file.nowNs());
    if (request == null || !file.textOrEmpty("source").equals("HTTP")) {
      return null;
    }
    if (request.uri.contains("://")) {
      return request.uri;
    }
    long port = file.number("id.resp_p");
    String host = request.host.isEmpty() ? file.textOrEmpty("id.resp_h") : request.host;
    return "http://" + host + (port == HTTP_PORT ? "" : ":" + port) + request.uri;
  }

  private void onHeader(LogRecord header) {
    if (!header.isTrue("is_orig")) {
      return;
    }
    String value = header.textOrEmpty("value");
    switch (header.textOrEmpty("name")) {
      case "HOST" -> {
        String host = PORT.matcher(value).replaceFirst("");
        Request request = requests.get(header.textOrEmpty("uid"), header.nowNs());
        if (request != null) {
          request.host = host;
          requests.resized(header.textOrEmpty("uid"));
        }
        boolean isAddress = ADDRESS.matcher(host).matches();
        seen(header, isAddress ? ADDR : DOMAIN, host, "HTTP::IN_HOST_HEADER");
      }
      case "X-FORWARDED-FOR" -> {
        Matcher addresses = ADDRESS.matcher(value);
        while (addresses.find()) {
          seen(header, ADDR, addresses.group(), "HTTP::IN_X_FORWARDED_FOR_HEADER");
        }
      }
      case "REFERER" ->
          seen(header, URL, SCHEME.matcher(value).replaceFirst(""), "HTTP::IN_REFERRER_HEADER");
      case "USER-AGENT" -> seen(header, SOFTWARE, value, "HTTP::IN_USER_AGENT_HEADER");
      default -> {}
    }
  }

  private void onRequest(LogRecord request) {
    String host = request.text("host");
    String server = host == null ? request.textOrEmpty("id.resp_h") : host;
    seen(request, URL, server + request.textOrEmpty("uri"), "HTTP::IN_URL");
  }

  private void onTls(LogRecord ssl) {
    SeenCertificates.Certificate certificate = certificates.ofServer(ssl);
    if (certificate != null) {
      String server = ssl.textOrEmpty("id.resp_h") + ':' + ssl.number("id.resp_p") + "/tcp";
      for (String name : certificate.dnsNames()) {
        seen(
            ssl,
            ssl.nowNs(),
            DOMAIN,
            name,
            "X509::IN_CERT",
            "application/x-x509-user-cert",
            server);
      }
    }
    if (certificate != null && ssl.isTrue("established")) {
      Matcher name = COMMON_NAME.matcher(certificate.subject());
      if (name.find()) {
        seen(ssl, DOMAIN, name.group(1), "X509::IN_CERT");
      }
    }
    seen(ssl, ssl.number("ts"), DOMAIN, ssl.text("server_name"), "SSL::IN_SERVER_NAME");
  }

  private void onMail(LogRecord mail) {
    seen(mail, EMAIL, mail.text("mailfrom"), "SMTP::IN_MAIL_FROM");
    for (String address : mail.texts("rcptto")) {
      seen(mail, EMAIL, address, "SMTP::IN_RCPT_TO");
    }
    addresses(mail, mail.textOrEmpty("from"), "SMTP::IN_FROM", /* all= */ true);
    for (String text : mail.texts("to")) {
      addresses(mail, text, "SMTP::IN_TO", /* all= */ false);
    }
    for (String text : mail.texts("cc")) {
      seen(mail, EMAIL, text, "SMTP::IN_CC");
    }
    seen(mail, EMAIL, mail.text("reply_to"), "SMTP::IN_REPLY_TO");
    for (String address : mail.texts("path")) {
      seen(mail, ADDR, address, "SMTP::IN_RECEIVED_HEADER");
    }
    seen(mail, ADDR, mail.text("x_originating_ip"), "SMTP::IN_X_ORIGINATING_IP_HEADER");
    seen(mail, SOFTWARE, mail.text("user_agent"), "SMTP::IN_HEADER");
  }

  private void addresses(LogRecord mail, String text, String where, boolean all) {
    Matcher matcher = MAIL.matcher(text);
    while (matcher.find()) {
      seen(mail, EMAIL, matcher.group(), where);
      if (!all) {
        return;
      }
    }
  }

  private void onFile(LogRecord file) {
    seenFile(file, FILE_NAME, file.text("filename"), "Files::IN_NAME");
    for (String hash : List.of("md5", "sha1", "sha256")) {
      seenFile(file, FILE_HASH, file.text(hash), "Files::IN_HASH");
    }
    if (file.textOrEmpty("source").equals("SSL")) {
      seenFile(file, CERT_HASH, file.text("sha1"), "X509::IN_CERT");
    }
  }

  private void seenFile(LogRecord file, String type, @Nullable String indicator, String where) {
    if (indicator != null) {
      Set<String> matched = new TreeSet<>();
      Set<String> sources = indicators.find(type, indicator, matched);
      if (!sources.isEmpty()) {
        log.write(
            new Row(
                file,
                file.nowNs(),
                indicator,
                type,
                where,
                matched,
                sources,
                file.text("fuid"),
                type.equals(FILE_NAME) ? null : file.text("mime_type"),
                origin(file)));
      }
    }
  }

  private void seen(LogRecord logged, String type, @Nullable String indicator, String where) {
    seen(logged, logged.nowNs(), type, indicator, where);
  }

  private void seen(
      LogRecord logged, long timeNs, String type, @Nullable String indicator, String where) {
    seen(logged, timeNs, type, indicator, where, /* mimeType= */ null, /* fileText= */ null);
  }

  private void seen(
      LogRecord logged,
      long timeNs,
      String type,
      @Nullable String indicator,
      String where,
      @Nullable String mimeType,
      @Nullable String fileText) {
    if (indicator == null || indicator.isEmpty()) {
      return;
    }
    Set<String> matched = new TreeSet<>();
    Set<String> sources = indicators.find(type, indicator, matched);
    if (!sources.isEmpty()) {
      log.write(
          new Row(
              logged,
              timeNs,
              indicator,
              type,
              where,
              matched,
              sources,
              /* fileId= */ null,
              mimeType,
              fileText));
    }
  }

  @Override
  public long heldBytes() {
    return certificates.bytes() + requests.bytes();
  }

  @Override
  public long evicted() {
    return certificates.evicted() + requests.evicted();
  }

  @Override
  public String problem() {
    String problem = indicators.problem();
    return problem == null ? "" : problem;
  }

  @Override
  public void advance(long nowNs) {
    indicators.advance(nowNs);
  }
}
