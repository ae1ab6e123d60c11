import { mount } from "svelte";
import RecordPayment from "./RecordPayment.svelte";

mount(RecordPayment, { target: document.getElementById("app") });
