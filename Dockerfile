# One image for web server, worker, scheduler, proxy and commands; docker-compose.yml selects which of them runs.
# Health checks are defined there too, because they differ by service.
FROM python:3.13-slim

ENV PATH=/opt/grader/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# Fixed ids, so that volumes keep their owner across images.
RUN groupadd --gid 10001 grader \
    && useradd --uid 10001 --gid grader --no-create-home --home-dir /app --shell /usr/sbin/nologin grader \
    && install --directory --owner=grader --group=grader --mode=0700 /secrets /buffers

# The proxy in front of the web servers.
RUN apt-get update && apt-get install --yes --no-install-recommends nginx && rm -rf /var/lib/apt/lists/*

# The base image has no bytecode, and the user who runs this image cannot write any.
RUN python -m compileall -qq -j 0 "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" -x 'site-packages|/tests?/'

WORKDIR /app

# Dependencies change rarely and are large: a separate layer, from the same lock as everywhere else.
# REQUIREMENTS=traces adds OpenTelemetry (GRADER_TRACES_URL): redis-py loads it wherever it is installed, in 0.1 s.
ARG REQUIREMENTS=server
COPY requirements requirements
RUN python -m venv /opt/grader \
    && pip install --require-hashes --only-binary=:all: --requirement requirements/build.txt --requirement "requirements/$REQUIREMENTS.txt"

# The user who runs the image owns nothing in /app but can read all of it, whatever the modes of the checkout.
# Editable, because migrations/ is expected next to the package.
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q grader migrations worker \
    && chmod -R u=rwX,go=rX .

USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "rsgi", "--host", "0.0.0.0", "--port", "8000", "--backlog", "4096", "--backpressure", "4096", "--no-ws", "grader.web.rsgi:app"]
