# The consult and the library as pages, in a container that needs no right, no shell and no disk to write on:
#
#   docker build --tag patency .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --memory 512m --pids-limit 100 \
#       --publish 127.0.0.1:8000:8000 patency
#
# What stands after the name of the image is added to `patency serve`, such as: patency --name patency.ward.example --proxy
# docs/hospital-it.md says more.

FROM python:3.12-slim AS made

RUN python -m venv /opt/venv
COPY requirements-serve.lock /opt/
RUN ["/opt/venv/bin/python", "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", \
     "--only-binary", ":all:", "--require-hashes", "--requirement", "/opt/requirements-serve.lock"]
COPY src/patency /opt/patency/patency

# A kept library is known by the times of the program's files too, and an image keeps them to the second only.
ENV PYTHONPATH=/opt/patency PYTHONSAFEPATH=1 XDG_CACHE_HOME=/opt/cache
RUN find /opt/patency -exec touch --no-dereference --date=2026-01-01T00:00:00Z {} + \
    && python -m compileall -q /opt/patency \
    && install --directory --owner=10001 --group=10001 --mode=0700 /opt/cache
USER 10001:10001
RUN ["/opt/venv/bin/python", "-m", "patency", "guideline", "check"]

FROM python:3.12-slim

COPY --from=made /opt/venv /opt/venv
COPY --from=made /opt/patency /opt/patency
COPY --from=made --chown=10001:10001 /opt/cache /opt/cache
ENV PYTHONPATH=/opt/patency PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/opt/cache
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/opt/venv/bin/python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["/opt/venv/bin/python", "-m", "patency", "serve", "--host", "0.0.0.0", "--port", "8000"]
