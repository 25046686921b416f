package io.byssus.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of one connection. */
final class MetricsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(MetricsHandler.class);
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<String> metrics;
  private final Readiness readiness;
  private final OpenConnections connections;

  MetricsHandler(Supplier<String> metrics, Readiness readiness, OpenConnections connections) {
    this.metrics = metrics;
    this.readiness = readiness;
    this.connections = connections;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    FullHttpResponse response;
    try {
      response = answer(request);
    } catch (RuntimeException e) {
      log.error("a request was not answered: path={}", request.uri(), e);
      response = response(HttpResponseStatus.INTERNAL_SERVER_ERROR, PLAIN, e + "\n");
    }
    HttpUtil.setContentLength(response, response.content().readableBytes());
    if (HttpMethod.HEAD.equals(request.method())) {
      response.content().clear();
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    HttpUtil.setKeepAlive(response, keepAlive);
    connections.used(context.channel());
    var written = context.writeAndFlush(response);
    written.addListener(done -> connections.used(context.channel()));
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("metrics connection broke", cause);
    context.close();
  }

  private FullHttpResponse answer(FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return response(HttpResponseStatus.BAD_REQUEST, PLAIN, "not an HTTP request\n");
    }
    var method = request.method();
    if (!HttpMethod.GET.equals(method) && !HttpMethod.HEAD.equals(method)) {
      var refusal = response(HttpResponseStatus.METHOD_NOT_ALLOWED, PLAIN, "GET only\n");
      refusal.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      return refusal;
    }
    return switch (new QueryStringDecoder(request.uri()).path()) {
      case "/metrics" -> response(HttpResponseStatus.OK, PROMETHEUS, metrics.get());
      case "/healthz" -> health();
      default -> response(HttpResponseStatus.NOT_FOUND, PLAIN, "try /metrics or /healthz\n");
    };
  }

  private FullHttpResponse health() {
    var state = readiness.state();
    var status = state.serving() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return response(status, PLAIN, state.reason() + "\n");
  }

  private static FullHttpResponse response(HttpResponseStatus status, String type, String body) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return response;
  }
}
