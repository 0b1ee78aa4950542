/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Attacks on Log4j under the names that Zeek's package gives them. Detection {@code jndi} finds
 * more, and is on by default.
 *
 * @see "the Zeek package corelight/cve-2021-44228"
 */
public final class Log4j implements Detection {

  private static final String HEADER = "CVE_2021_44228::LOG4J_ATTEMPT_HEADER";
  private static final String LDAP = "CVE_2021_44228::LOG4J_LDAP_JAVA";
  private static final String DOWNLOAD = "CVE_2021_44228::LOG4J_JAVA_CLASS_DOWNLOAD";
  private static final String FALSE_BECAUSE =
      "A scanner of your own; the request alone has no effect on a server that is up to date.";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "log4j",
              "Finds attacks on Log4j, under the names of Zeek's package. The detection jndi finds"
                  + " more of them.")
          .onlyByName()
          .texts(
              "cve_2021_44228.ignorable_target_hosts", "", "Hosts and names that may be looked up.")
          .texts("cve_2021_44228.ignorable_orig_hosts", "", "Clients that may send lookups.")
          .texts("cve_2021_44228.ignorable_resp_hosts", "", "Servers that may be sent lookups.")
          .truth(
              "cve_2021_44228.try_normalize",
              true,
              "Whether lookups inside of lookups are resolved to find the host.")
          .notice(
              HEADER,
              "A header of HTTP contains a lookup.",
              FALSE_BECAUSE,
              "Look for LOG4J_LDAP_JAVA, which says that the lookup was made.",
              "http.log by the uid; connections of the server in the minutes after.")
          .notice(
              LDAP,
              "A host got a reference to a Java object over LDAP, as a vulnerable logger asks for.",
              "Programs that keep Java objects in a directory.",
              "Treat the host that asked as compromised: isolate it and keep evidence.",
              "ldap_search.log by the uid; what the host downloads after it.")
          .notice(
              DOWNLOAD,
              "A Java program downloaded a class over HTTP.",
              "Applets, and class loaders over the network, which are rare.",
              "Treat the host as compromised: isolate it and keep evidence.",
              "http.log and files.log by the uid.")
          .starts(Log4j::new)
          .build();

  private static final String MESSAGE = "Possible Log4j exploit CVE-2021-44228 exploit";
  private static final String DOWNLOADED =
      "Possible Log4j CVE-2021-44228 exploit, Java has downloaded a Java class over HTTP indicating"
          + " a potential second stage, after the primary LDAP request. Refer to sub field for"
          + " user_agent and ";
  private static final Pattern PORT = Pattern.compile(":[0-9]+$");
  private static final long BYTES_MAX = 4 << 20;
  private static final long AGE_NS = 3_600_000_000_000L;

  /** The request at hand of a connection. */
  private static final class Request {
    String method = "";
    String uri = "";
    String host = "";
    @Nullable String userAgent;
    boolean isTyped;
    boolean isFound;

    long bytes() {
      return 96
          + AgeTable.bytesOf(method)
          + AgeTable.bytesOf(uri)
          + AgeTable.bytesOf(host)
          + AgeTable.bytesOf(userAgent);
    }
  }

  private final AgeTable<String, Request> requests =
      new AgeTable<>(BYTES_MAX, AGE_NS, Request::bytes);
  private final Notices notices;
  private final Set<String> targetsLeftOut;
  private final Set<String> clientsLeftOut;
  private final Set<String> serversLeftOut;
  private final boolean resolves;

  private Log4j(DetectionContext context) {
    notices = context.notices();
    targetsLeftOut = Set.copyOf(context.options().texts("cve_2021_44228.ignorable_target_hosts"));
    clientsLeftOut = Set.copyOf(context.options().texts("cve_2021_44228.ignorable_orig_hosts"));
    serversLeftOut = Set.copyOf(context.options().texts("cve_2021_44228.ignorable_resp_hosts"));
    resolves = context.options().isTrue("cve_2021_44228.try_normalize");
  }

  @Override
  public void subscribe(Subscriptions records) {
    records
        .on("http_request", this::onRequest)
        .on("http_header", this::onHeader)
        .on("http", this::onTransaction)
        .on("ldap_java", this::onObject);
  }

  private void onRequest(LogRecord event) {
    Request request = new Request();
    request.method = event.textOrEmpty("name");
    request.uri = event.textOrEmpty("value");
    requests.put(event.textOrEmpty("uid"), request, event.nowNs());
  }

  private void onHeader(LogRecord header) {
    String uid = header.textOrEmpty("uid");
    Request request = requests.get(uid, header.nowNs(), Request::new);
    String name = header.textOrEmpty("name");
    String value = header.textOrEmpty("value");
    boolean isOfClient = header.isTrue("is_orig");
    if (isOfClient) {
      switch (name) {
        case "USER-AGENT" -> request.userAgent = value;
        case "HOST" -> request.host = PORT.matcher(value).replaceFirst("");
        default -> {}
      }
      requests.resized(uid);
    } else if (name.equals("CONTENT-TYPE")) {
      onType(header, request, value);
    }
    if (!clientsLeftOut.contains(header.textOrEmpty("id.orig_h"))
        && !serversLeftOut.contains(header.textOrEmpty("id.resp_h"))) {
      lookup(header, request, name, name, value);
      lookup(header, request, value, name, value);
    }
  }

  private void lookup(LogRecord header, Request request, String in, String name, String value) {
    if (!LookupParts.isIn(in)) {
      return;
    }
    LookupParts parts = LookupParts.of(resolves ? LookupParts.plain(in) : in);
    if (targetsLeftOut.contains(parts.host())) {
      return;
    }
    notices.emit(
        Notice.of(
                HEADER,
                MESSAGE
                    + " in header. Refer to sub field for sample of payload, original_URI and list"
                    + " of server headers")
            .sub(detail(request, parts, header.isTrue("is_orig"), name, value))
            .connection(header)
            .identifier(
                header.textOrEmpty("id.orig_h"),
                header.textOrEmpty("id.resp_h"),
                Long.toString(header.number("id.resp_p")),
                name,
                value));
  }

  private static String detail(
      Request request, LookupParts parts, boolean isOfClient, String name, String value) {
    return "uri='"
        + request.uri
        + "', payload_uri="
        + parts.uri()
        + ", payload_stem="
        + parts.stem()
        + ", payload_host="
        + parts.host()
        + ", payload_port="
        + parts.port()
        + ", method="
        + request.method
        + ", is_orig="
        + (isOfClient ? 'T' : 'F')
        + ", header name='"
        + name
        + "',  header value='"
        + value
        + "' ";
  }

  /** Takes the type that a server says of what it sends. */
  private void onType(LogRecord header, Request request, String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    boolean isJava = lower.contains("java-vm") || lower.contains("java-serialized-object");
    if (!isJava || request.isTyped || !request.method.equals("GET")) {
      return;
    }
    request.isTyped = true;
    String userAgent = request.userAgent;
    if (userAgent != null && userAgent.startsWith("Java/")) {
      request.isFound = true;
      download(
          header,
          DOWNLOADED + "mime-type",
          "user_agent='"
              + userAgent
              + "', CONTENT-TYPE='"
              + type
              + "', host='"
              + request.host
              + '\'');
    }
  }

  /** Takes what the content turned out to be. */
  private void onTransaction(LogRecord transaction) {
    Request request = requests.get(transaction.textOrEmpty("uid"), transaction.nowNs());
    String userAgent = transaction.text("user_agent");
    if (transaction.number("trans_depth") > 1
        || (request != null && request.isFound)
        || (userAgent != null && !userAgent.startsWith("Java/"))) {
      return;
    }
    String types = String.join(",", transaction.texts("resp_mime_types"));
    if (types.contains("java-applet")) {
      download(
          transaction,
          DOWNLOADED + "resp_mime_types",
          "user_agent='"
              + (userAgent == null ? "" : userAgent)
              + "', resp_mime_types='"
              + types
              + '\'');
    }
  }

  private void download(LogRecord logged, String message, String detail) {
    notices.emit(
        Notice.of(DOWNLOAD, message)
            .sub(detail)
            .connection(logged)
            .identifier(
                logged.textOrEmpty("id.orig_h"),
                Long.toString(logged.number("id.orig_p")),
                logged.textOrEmpty("id.resp_h"),
                Long.toString(logged.number("id.resp_p"))));
  }

  private void onObject(LogRecord event) {
    notices.emit(
        Notice.of(LDAP, MESSAGE + ", JAVA over LDAP. Refer to sub field for sample of payload.")
            .sub(event.textOrEmpty("value"))
            .connection(event)
            .identifier(
                event.textOrEmpty("id.orig_h"),
                event.textOrEmpty("id.resp_h"),
                Long.toString(event.number("id.resp_p"))));
  }

  @Override
  public long heldBytes() {
    return requests.bytes();
  }

  @Override
  public long evicted() {
    return requests.evicted();
  }
}
