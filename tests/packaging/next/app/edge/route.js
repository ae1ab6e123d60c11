import * as remit from "remit-payments";
import { check } from "../../../expect.js";

export const runtime = "edge";

export const GET = () => Response.json(check(remit));
