# One image for the web server, the worker, its clock and the commands; docker-compose.yml says which of them runs.
# Health checks are there too: the web server's would not fit a worker.
FROM python:3.13-slim

ENV PATH=/opt/grader/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# The numbers are fixed, so that volumes keep their owner from one image to the next.
RUN groupadd --gid 10001 grader \
    && useradd --uid 10001 --gid grader --no-create-home --home-dir /app --shell /usr/sbin/nologin grader \
    && install --directory --owner=grader --group=grader --mode=0700 /secrets

# The image comes without Python's own bytecode, and nobody who runs it may write any.
RUN python -m compileall -qq -j 0 "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" -x 'site-packages|/tests?/'

WORKDIR /app

# Dependencies change seldom and weigh most: a layer of their own, from the same lock as everywhere else.
COPY requirements requirements
RUN python -m venv /opt/grader \
    && pip install --require-hashes --only-binary=:all: --requirement requirements/build.txt --requirement requirements/server.txt

# Nothing in /app belongs to the user who runs it, who can read all of it, whatever the checkout's own modes are.
# Editable, because migrations/ is looked for beside the package.
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q grader migrations worker \
    && chmod -R u=rwX,go=rX .

USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "rsgi", "--host", "0.0.0.0", "--port", "8000", "--backlog", "4096", "--backpressure", "4096", "--no-ws", "grader.web.rsgi:app"]
